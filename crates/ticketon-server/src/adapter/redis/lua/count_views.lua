-- Counts views of one part, each viewer once. KEYS: COUNTED, event -> views, with the batch's name beside them; then the
-- set of viewers of each view. ARGV: what the batch is called if it begins here, how many events and how many viewers of a
-- set there may be, how long viewers are kept; then of each view the event and the viewer. Answers how many were refused.
local COUNTED = KEYS[1]
local name, events_max, viewers_max, kept_for = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]

local function has_room(event, viewers)
    local is_counted = redis.call('HEXISTS', COUNTED, event) == 1
    -- The name is a field, too.
    return (is_counted or redis.call('HLEN', COUNTED) <= events_max) and redis.call('SCARD', viewers) < viewers_max
end

local refused = 0
for n = 2, #KEYS do
    local viewers, event, viewer = KEYS[n], ARGV[2 * n + 1], ARGV[2 * n + 2]
    if redis.call('SISMEMBER', viewers, viewer) == 0 then
        if has_room(event, viewers) then
            redis.call('HSETNX', COUNTED, 'batch', name)
            redis.call('HINCRBY', COUNTED, event, 1)
            redis.call('SADD', viewers, viewer)
            redis.call('PEXPIRE', viewers, kept_for)
        else
            refused = refused + 1
        end
    end
end
return refused
