-- The seats that others than the owner claim. ARGV: owner, now.
return of_others(ARGV[1], ARGV[2])
