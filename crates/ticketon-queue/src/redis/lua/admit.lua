-- The dispatcher's step. ARGV: now, sellable, at most how many entries are touched, how long an idle room is kept.
if not open('epoch', 'lost_up_to', 'last', 'ended_up_to', 'admitted',
    'claim', 'entered', 'highest', 'parts', 'as_of', 'per_minute',
    'is_closed', 'is_paused', 'opens_at', 'capacity', 'newcomers_from') then
    return { 'lost' }
end
local now, sellable, at_most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local ended = sweep(now, at_most)
refill(room.per_minute, now)
local before = counters(now)
local many = math.min(allowed(admissible(now), redis.call('ZCARD', INSIDE), sellable, now), at_most - #ended / 2)

local admitted = {}
if many > 0 then
    local visitors = redis.call('ZRANGE', WAITING, 0, many - 1)
    local inside, up_to = {}, 0
    for index, text in ipairs(redis.call('HMGET', ENTRIES, unpack(visitors))) do
        local entry = read(text)
        becomes(entry, 'a', now + room.claim)
        up_to = entry.seq
        admitted[index * 2 - 1], admitted[index * 2] = visitors[index], written(entry)
        inside[index * 2 - 1], inside[index * 2] = entry.moment, visitors[index]
    end
    redis.call('HSET', ENTRIES, unpack(admitted))
    redis.call('ZADD', INSIDE, unpack(inside))
    redis.call('ZREM', WAITING, unpack(visitors))
    let_in(#visitors, up_to, now)
end

-- Numbers that were served are no longer missed.
local served_now = served()
for _, gone in ipairs({ GONE, BLOCKS }) do
    local many_served = math.min(count(gone, '-inf', served_now), at_most)
    if many_served > 0 then
        redis.call('ZREMRANGEBYRANK', gone, 0, many_served - 1)
    end
end
local kept_for = tonumber(ARGV[4])
if redis.call('PTTL', ROOM) < kept_for - 3600000 then
    for _, key in ipairs(KEYS) do
        redis.call('PEXPIRE', key, kept_for)
    end
else
    bounded(INSIDE, PACE)
end
return { 'ticked', ended, admitted, before, counters(now), room.settings }
