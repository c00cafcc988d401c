-- What is to be added of one part: what was taken before and is not confirmed, else what was counted since. KEYS: COUNTED,
-- TAKEN. A server that loses its last second may have counted again what was added, but under the same name.
local COUNTED, TAKEN = unpack(KEYS)
if redis.call('EXISTS', TAKEN) == 0 then
    if redis.call('EXISTS', COUNTED) == 0 then
        return {}
    end
    redis.call('RENAME', COUNTED, TAKEN)
end
return redis.call('HGETALL', TAKEN)
