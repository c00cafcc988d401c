-- A visitor comes. ARGV: visitor, id, now, sellable; epoch, number and id of a receipt, or 0, 0 and nothing.
if not open('epoch', 'lost_up_to', 'last', 'ended_up_to', 'admitted',
    'ceiling', 'entry_from', 'stay', 'highest', 'parts', 'as_of', 'per_minute',
    'is_closed', 'is_paused', 'opens_at', 'capacity', 'newcomers_from') then
    return { 'lost' }
end
local visitor, id, now, sellable = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local receipt = { epoch = tonumber(ARGV[5]), seq = tonumber(ARGV[6]), id = ARGV[7] }
local is_old = receipt.epoch > 0 and receipt.epoch < room.epoch

-- A genuine receipt for a number that this queue never gave proves that the queue has forgotten places.
if receipt.epoch > room.epoch or receipt.seq > (is_old and room.lost_up_to or room.last) then
    return { 'numbers', room.epoch, room.ceiling, 'forgot' }
end
local entry = entry_of(visitor)
if entry and entry.state ~= 'x' and not has_run_out(entry, now) then
    if entry.state == 'a' then
        fetch_pass(visitor, entry, now)
    end
    return place(visitor, entry, now)
end
if room.is_closed == 1 then
    return { 'closed' }
end
local comes_back = is_old and receipt.seq > room.ended_up_to and not (entry and entry.seq >= receipt.seq)
if not comes_back then
    if now < room.entry_from then
        return { 'not_yet', room.entry_from }
    end
    if redis.call('ZCARD', WAITING) >= tonumber(ARGV[8]) then
        return { 'full' }
    end
    -- A server that started again, or another one, may have forgotten the last numbers that were given.
    if string.match(redis.call('INFO', 'server'), 'run_id:(%x+)') ~= redis.call('HGET', ROOM, 'run') then
        return { 'numbers', room.epoch, room.ceiling, 'forgot' }
    end
    if room.last >= room.ceiling then
        return { 'numbers', room.epoch, room.ceiling, 'used_up' }
    end
end

if entry and entry.state ~= 'x' then
    redis.call('ZREM', INSIDE, visitor)
end
if comes_back then
    entry = { seq = receipt.seq, id = receipt.id }
else
    room.last = room.last + 1
    entry = { seq = room.last, id = id }
    redis.call('HSET', ROOM, 'last', room.last)
end
entry.made_at = now
becomes(entry, 'w', 0)
redis.call('HINCRBY', ROOM, 'entered', 1)

-- If nobody waits before the visitor, a tick at this moment would admit them.
refill(room.per_minute, now)
local is_next = served() >= entry.seq and (comes_back or now >= room.newcomers_from)
if is_next and allowed(1, redis.call('ZCARD', INSIDE), sellable, now) > 0 then
    fetch_pass(visitor, entry, now)
    let_in(1, entry.seq, now)
else
    redis.call('ZADD', WAITING, entry.seq, visitor)
    keep(visitor, entry)
end
bounded(ENTRIES, WAITING, INSIDE, PACE)
return place(visitor, entry, now)
