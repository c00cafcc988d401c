-- Takes one token of a bucket, of which is known when it would be full again. ARGV, in microseconds: now, the time that a
-- token takes, the time that a whole bucket takes. Answers 0, or in how many there is a token again.
local now, every, full = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
-- No bucket is emptier than empty, even where a clock went back.
local full_at = math.min(math.max(tonumber(redis.call('GET', KEYS[1]) or now), now), now + full) + every
if full_at - now > full then
    return math.ceil(full_at - now - full)
end
redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000) + 1000)
return 0
