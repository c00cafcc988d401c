-- Forgets what was taken under this name, and was added. KEYS: TAKEN. ARGV: the name.
if redis.call('HGET', KEYS[1], 'batch') == ARGV[1] then
    redis.call('DEL', KEYS[1])
end
return nil
