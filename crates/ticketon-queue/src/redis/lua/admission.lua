-- What scripts that admit or count add to `room.lua`: the token bucket, the counters, and the end of what ran out.
local PARTS, BURST = 60000, 2000

-- The token bucket as of now, in 60,000ths of an admission.
local function refill(per_minute, now)
    local brim = math.max(BURST * per_minute, PARTS)
    room.parts = math.min(room.parts + math.max(now - room.as_of, 0) * per_minute, brim)
    room.as_of = math.max(room.as_of, now)
end

-- How many of those who wait may be admitted: all, but for newcomers while others have time to come back.
local function admissible(now)
    if now < room.newcomers_from then
        return count(WAITING, '-inf', room.lost_up_to)
    end
    return redis.call('ZCARD', WAITING)
end

-- After `refill`.
local function counters(now)
    return {
        redis.call('ZCARD', WAITING), redis.call('ZCARD', INSIDE), math.floor(room.parts / PARTS),
        room.entered, room.admitted, pace(now), room.is_closed, admissible(now),
        room.newcomers_from,
    }
end

-- As many of so many as slots, rate and stock allow. After `refill`.
local function allowed(waiting, active, sellable, now)
    if room.is_closed == 1 or room.is_paused == 1 or now < room.opens_at then
        return 0
    end
    return math.max(math.min(waiting, room.capacity - active, math.floor(room.parts / PARTS), sellable), 0)
end

-- Counts admissions up to a number, and writes down what an audit looks at. After `refill`, with all of them inside.
local function let_in(many, up_to, now)
    local second = math.floor(now / 1000)
    local latest = redis.call('ZREVRANGE', PACE, 0, 0, 'WITHSCORES')[2]
    if not latest or tonumber(latest) < second then
        redis.call('ZADD', PACE, second, second .. ' ' .. room.admitted)
        redis.call('ZREMRANGEBYSCORE', PACE, '-inf', second - WINDOW)
    end
    room.admitted = room.admitted + many
    room.parts = room.parts - PARTS * many
    redis.call('HSET', ROOM, 'admitted', room.admitted, 'highest', math.max(room.highest, up_to),
        'parts', room.parts, 'as_of', room.as_of)
    local active = redis.call('ZCARD', INSIDE)
    if active > room.capacity then
        redis.call('HSET', ROOM, 'over', table.concat({ now, active, room.capacity }, ' '))
    end
end

-- Ends at most so many entries that ran out; answers visitors and entries in turn.
local function sweep(now, at_most)
    local visitors = redis.call('ZRANGEBYSCORE', INSIDE, '-inf', now, 'LIMIT', 0, at_most)
    if #visitors == 0 then
        return {}
    end
    local ended = {}
    for index, text in ipairs(redis.call('HMGET', ENTRIES, unpack(visitors))) do
        local entry = read(text)
        becomes(entry, 'x', now, RAN_OUT[entry.state])
        ended[index * 2 - 1], ended[index * 2] = visitors[index], written(entry)
    end
    redis.call('HSET', ENTRIES, unpack(ended))
    redis.call('ZREM', INSIDE, unpack(visitors))
    return ended
end
