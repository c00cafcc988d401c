-- What the scripts of an open room begin with: the room as it stands, and the moves that several of them make.
-- Redis takes nothing back when a script fails, so each checks everything first and writes afterwards.
--
-- The keys of a room, all in one slot:
--   ROOM     hash     its settings and counters
--   ENTRIES  hash     visitor -> entry (see `written`), the latest of each
--   WAITING  zset     visitor by number
--   INSIDE   zset     visitor by the moment at which that ends by itself
--   GONE     zset     numbers given up behind `served` that are credited one by one
--   BLOCKS   zset     numbers given up that are credited at the end of their block
--   ENDINGS  zset     "reason moment" by the last number whose waiting was ended all at once
--   PACE     zset     "second admitted-before" by second
local ROOM, ENTRIES, WAITING, INSIDE, GONE, BLOCKS, ENDINGS, PACE = unpack(KEYS)

local FIELDS = {
    'epoch', 'lost_up_to', 'last', 'ceiling', 'ended_up_to', 'entered', 'admitted', 'highest', 'parts', 'as_of',
    'is_closed', 'newcomers_from', 'opens_at', 'entry_from', 'is_paused', 'capacity', 'per_minute', 'claim', 'stay',
}
local kept = redis.call('HMGET', ROOM, 'settings', 'run', unpack(FIELDS))
if not kept[1] then
    return { 'lost' }
end
local room = { settings = kept[1], run = kept[2] }
for index, field in ipairs(FIELDS) do
    room[field] = tonumber(kept[index + 2])
end

-- Lua would write a large number in a form that Redis does not read.
local function int(number)
    return string.format('%.0f', number)
end

local function count(zset, from, to)
    return redis.call('ZCOUNT', zset, from, to)
end

-- An entry: number, id, when it was made, state, the moment that belongs to the state, why it ended.
local function read(text)
    if not text then
        return nil
    end
    local seq, id, made_at, state, moment, reason = string.match(text, '^(%d+) (%S+) (%d+) (%a) (%d+) (%S+)$')
    return { seq = tonumber(seq), id = id, made_at = made_at, state = state, moment = tonumber(moment), reason = reason }
end

local function written(entry)
    return table.concat(
        { int(entry.seq), entry.id, entry.made_at, entry.state, int(entry.moment), entry.reason }, ' ')
end

-- Moves an entry on: `w`aiting, `a`dmitted, `c`laimed, over (`x`).
local function becomes(entry, state, moment, reason)
    entry.state, entry.moment, entry.reason = state, moment, reason or '-'
end

local RAN_OUT = { a = 'claim_missed', c = 'pass_ended' }

-- Whether an entry is inside past its end, and nobody has written that down yet.
local function has_run_out(entry, now)
    return RAN_OUT[entry.state] ~= nil and entry.moment <= now
end

-- A visitor's entry as it is kept, except that a line that was ended all at once has ended for each who stood in it.
local function entry_of(visitor)
    local entry = read(redis.call('HGET', ENTRIES, visitor))
    if entry and entry.state == 'w' and entry.seq <= room.ended_up_to then
        local ending = redis.call('ZRANGEBYSCORE', ENDINGS, int(entry.seq), '+inf', 'LIMIT', 0, 1)[1]
        local reason, moment = string.match(ending, '^(%S+) (%d+)$')
        becomes(entry, 'x', tonumber(moment), reason)
    end
    return entry
end

-- Up to this number nobody waits.
local function served()
    local first = redis.call('ZRANGE', WAITING, 0, 0, 'WITHSCORES')
    return first[2] and tonumber(first[2]) - 1 or room.last
end

-- Numbers from before a loss whose owners have not come back do not count; after them `GONE` and `BLOCKS` do.
local function uncounted(served_now)
    if served_now >= room.lost_up_to then
        return 0, served_now
    end
    return room.lost_up_to - served_now - count(WAITING, '-inf', int(room.lost_up_to)), room.lost_up_to
end

local BLOCK = 1000

-- How many wait before a number. Who was put back is counted one by one: there is no telling who comes back yet.
local function ahead_of(visitor, seq, served_now)
    if seq <= room.lost_up_to then
        return redis.call('ZRANK', WAITING, visitor)
    end
    local absent, from = uncounted(served_now)
    local whole_blocks = math.floor((seq - 1) / BLOCK) * BLOCK
    return seq - 1 - served_now - absent
        - count(GONE, '(' .. int(from), '(' .. int(seq))
        - count(BLOCKS, '(' .. int(from), int(whole_blocks))
end

local WINDOW = 60

-- Admissions of the last minute: all there were, less those before its first second.
local function pace(now)
    local first = redis.call('ZRANGEBYSCORE', PACE, '(' .. int(math.floor(now / 1000) - WINDOW), '+inf', 'LIMIT', 0, 1)[1]
    return first and room.admitted - tonumber(string.match(first, ' (%d+)$')) or 0
end

local function progress(served_now, now)
    return { int(room.epoch), int(room.lost_up_to), int(served_now), int(room.last), int(pace(now)), room.settings }
end

-- What a visitor is answered.
local function place(visitor, entry, now)
    local served_now = served()
    local ahead = entry.state == 'w' and ahead_of(visitor, entry.seq, served_now) or 0
    return { 'place', written(entry), int(ahead), progress(served_now, now) }
end

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
        return count(WAITING, '-inf', int(room.lost_up_to))
    end
    return redis.call('ZCARD', WAITING)
end

-- After `refill`.
local function counters(now)
    return {
        int(redis.call('ZCARD', WAITING)), int(redis.call('ZCARD', INSIDE)), int(math.floor(room.parts / PARTS)),
        int(room.entered), int(room.admitted), int(pace(now)), int(room.is_closed), int(admissible(now)),
        int(room.newcomers_from),
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
        redis.call('ZADD', PACE, int(second), int(second) .. ' ' .. int(room.admitted))
        redis.call('ZREMRANGEBYSCORE', PACE, '-inf', int(second - WINDOW))
    end
    room.admitted = room.admitted + many
    room.parts = room.parts - PARTS * many
    redis.call('HSET', ROOM, 'admitted', int(room.admitted), 'highest', int(math.max(room.highest, up_to)),
        'parts', int(room.parts), 'as_of', int(room.as_of))
    local active = redis.call('ZCARD', INSIDE)
    if active > room.capacity then
        redis.call('HSET', ROOM, 'over', table.concat({ int(now), int(active), int(room.capacity) }, ' '))
    end
end

-- On a whole second, because the pass says it in seconds and must not end before its entry.
local function pass_end(now)
    return math.ceil((now + room.stay) / 1000) * 1000
end

local function keep(visitor, entry)
    redis.call('HSET', ENTRIES, visitor, written(entry))
end

-- Fetches the pass of somebody admitted.
local function fetch_pass(visitor, entry, now)
    becomes(entry, 'c', pass_end(now))
    keep(visitor, entry)
    redis.call('ZADD', INSIDE, int(entry.moment), visitor)
end

local EXACT = 256

-- Ends an entry that was not over.
local function finish(visitor, entry, reason, now)
    if entry.state == 'w' then
        redis.call('ZREM', WAITING, visitor)
        local served_now = served()
        if entry.seq > math.max(served_now, room.lost_up_to) then
            local is_few = count(GONE, '(' .. int(served_now), '+inf') < EXACT
            redis.call('ZADD', is_few and GONE or BLOCKS, int(entry.seq), int(entry.seq))
        end
    else
        redis.call('ZREM', INSIDE, visitor)
    end
    becomes(entry, 'x', now, reason)
    keep(visitor, entry)
end

-- Ends at most so many entries that ran out; answers visitors and entries in turn.
local function sweep(now, at_most)
    local visitors = redis.call('ZRANGEBYSCORE', INSIDE, '-inf', int(now), 'LIMIT', 0, at_most)
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
