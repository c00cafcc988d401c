-- Ends what ran out. ARGV: now, at most how many.
return { 'ended', sweep(tonumber(ARGV[1]), ARGV[2]) }
