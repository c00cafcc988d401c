-- What the room's own books say against it: how many were admitted, the highest of their numbers, who still waits with a
-- lower one that was never lost, and the last time that too many were inside.
local passed_over = redis.call('ZRANGEBYSCORE', WAITING, '(' .. int(room.lost_up_to), '(' .. int(room.highest),
    'WITHSCORES', 'LIMIT', 0, 1)
return { 'audit', int(room.admitted), int(room.highest), passed_over[2] or '0', redis.call('HGET', ROOM, 'over') or '' }
