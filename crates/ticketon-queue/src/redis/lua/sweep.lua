-- Ends what ran out. ARGV: now, at most how many.
if not open() then
    return { 'lost' }
end
return { 'ended', sweep(tonumber(ARGV[1]), ARGV[2]) }
