-- Ends everybody's waiting at once, without touching any of them. ARGV: reason, now, whether the room closes for good.
if not open('last', 'is_closed') then
    return { 'lost' }
end
local reason, now, for_good = ARGV[1], ARGV[2], ARGV[3] == '1'
local waiting = redis.call('ZCARD', WAITING)
if for_good then
    if room.is_closed == 1 then
        return { 'told', waiting }
    end
    redis.call('HSET', ROOM, 'is_closed', 1)
end
if waiting > 0 then
    redis.call('ZADD', ENDINGS, room.last, reason .. ' ' .. now)
    bounded(ENDINGS)
    redis.call('HSET', ROOM, 'ended_up_to', room.last)
    redis.call('UNLINK', WAITING, GONE, BLOCKS)
end
return { 'told', waiting }
