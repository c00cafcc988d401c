-- Runs the room differently, if it is still run as somebody saw it. ARGV: settings as seen, now, settings, numbers.
if not open('parts', 'as_of', 'per_minute') then
    return { 'lost' }
end
if room.settings ~= ARGV[1] then
    return { 'settings', room.settings, 'seen' }
end
local now, per_minute = tonumber(ARGV[2]), ARGV[8]
-- What was saved up so far was saved up at the old rate.
refill(room.per_minute, now)
refill(tonumber(per_minute), now)
redis.call('HSET', ROOM, 'parts', room.parts, 'as_of', room.as_of, 'settings', ARGV[3], 'opens_at', ARGV[4],
    'entry_from', ARGV[5], 'is_paused', ARGV[6], 'capacity', ARGV[7], 'per_minute', per_minute, 'claim', ARGV[9],
    'stay', ARGV[10])
return { 'settings', ARGV[3], 'changed' }
