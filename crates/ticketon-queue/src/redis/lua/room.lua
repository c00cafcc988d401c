-- What the scripts of an open room begin with: the room as it stands, and the moves that several of them make.
-- Redis takes nothing back when a script fails, so each checks everything first and writes afterwards. Numbers have at most
-- 13 digits; Lua would write those of 15 in a form that Redis does not read.
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

-- The room as it stands, once it is open: its settings as text, and the numbers that were asked for.
local room

-- Whether there is a room. Every operation begins with this, and answers `lost` if there is none.
local function open(...)
    local kept = redis.call('HMGET', ROOM, 'settings', ...)
    if not kept[1] then
        return false
    end
    room = { settings = kept[1] }
    for index, field in ipairs({ ... }) do
        room[field] = tonumber(kept[index + 1])
    end
    return true
end

-- Lets none of these keys outlive the room: Redis forgets when a key ends together with an emptied key, and the next one of
-- that name would stay for ever. Who may have made a key calls this.
local function bounded(...)
    local left = redis.call('PTTL', ROOM)
    for _, key in ipairs({ ... }) do
        if left > 0 and redis.call('PTTL', key) == -1 then
            redis.call('PEXPIRE', key, left)
        end
    end
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
        { entry.seq, entry.id, entry.made_at, entry.state, entry.moment, entry.reason }, ' ')
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
        local ending = redis.call('ZRANGEBYSCORE', ENDINGS, entry.seq, '+inf', 'LIMIT', 0, 1)[1]
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
    return room.lost_up_to - served_now - count(WAITING, '-inf', room.lost_up_to), room.lost_up_to
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
        - count(GONE, '(' .. from, '(' .. seq)
        - count(BLOCKS, '(' .. from, whole_blocks)
end

local WINDOW = 60

-- Admissions of the last minute: all there were, less those before its first second.
local function pace(now)
    local first = redis.call('ZRANGEBYSCORE', PACE, '(' .. (math.floor(now / 1000) - WINDOW), '+inf', 'LIMIT', 0, 1)[1]
    return first and room.admitted - tonumber(string.match(first, ' (%d+)$')) or 0
end

local function progress(served_now, now)
    return { room.epoch, room.lost_up_to, served_now, room.last, pace(now), room.settings }
end

-- What a visitor is answered.
local function place(visitor, entry, now)
    local served_now = served()
    local ahead = entry.state == 'w' and ahead_of(visitor, entry.seq, served_now) or 0
    return { 'place', written(entry), ahead, progress(served_now, now) }
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
    redis.call('ZADD', INSIDE, entry.moment, visitor)
end

local EXACT = 256

-- Ends an entry that was not over.
local function finish(visitor, entry, reason, now)
    if entry.state == 'w' then
        redis.call('ZREM', WAITING, visitor)
        local served_now = served()
        if entry.seq > math.max(served_now, room.lost_up_to) then
            local is_few = count(GONE, '(' .. served_now, '+inf') < EXACT
            redis.call('ZADD', is_few and GONE or BLOCKS, entry.seq, entry.seq)
            bounded(GONE, BLOCKS)
        end
    else
        redis.call('ZREM', INSIDE, visitor)
    end
    becomes(entry, 'x', now, reason)
    keep(visitor, entry)
end
