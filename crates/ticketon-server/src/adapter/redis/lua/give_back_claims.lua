-- Ends the owner's claims on the seats; what is not the owner's stays. ARGV: owner, seats.
local OWNERS, ENDS = unpack(KEYS)
local seats = { unpack(ARGV, 2) }
for index, whose in ipairs(redis.call('HMGET', OWNERS, unpack(seats))) do
    if whose == ARGV[1] then
        redis.call('HDEL', OWNERS, seats[index])
        redis.call('ZREM', ENDS, seats[index])
    end
end
return nil
