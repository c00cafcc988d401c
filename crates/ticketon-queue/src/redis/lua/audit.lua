-- What the room's own books say against it: how many were admitted, the highest of their numbers, who still waits with a
-- lower one that was never lost, and the last time that too many were inside.
if not open('lost_up_to', 'admitted', 'highest') then
    return { 'lost' }
end
local passed_over = redis.call('ZRANGEBYSCORE', WAITING, '(' .. room.lost_up_to, '(' .. room.highest,
    'WITHSCORES', 'LIMIT', 0, 1)
return { 'audit', room.admitted, room.highest, passed_over[2] or '0', redis.call('HGET', ROOM, 'over') or '' }
