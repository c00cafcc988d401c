-- The claims of one performance: OWNERS, seat -> whose; ENDS, seat by the moment at which the claim ends by itself.
-- At most a thousand at a time are looked at or forgotten.
local OWNERS, ENDS = unpack(KEYS)
local AT_MOST = 1000

local function forget_ended(now)
    local ended = redis.call('ZRANGEBYSCORE', ENDS, '-inf', now, 'LIMIT', 0, AT_MOST)
    if #ended > 0 then
        redis.call('HDEL', OWNERS, unpack(ended))
        redis.call('ZREM', ENDS, unpack(ended))
    end
end

-- The seats that others claim now.
local function of_others(owner, now)
    local live = redis.call('ZRANGEBYSCORE', ENDS, '(' .. now, '+inf', 'LIMIT', 0, AT_MOST)
    local seats = {}
    if #live > 0 then
        for index, whose in ipairs(redis.call('HMGET', OWNERS, unpack(live))) do
            if whose and whose ~= owner then
                seats[#seats + 1] = live[index]
            end
        end
    end
    return seats
end
