-- Ends a visitor's entry, wherever it is. ARGV: visitor, reason, now.
if not open('epoch', 'lost_up_to', 'last', 'ended_up_to', 'admitted') then
    return { 'lost' }
end
local visitor, reason, now = ARGV[1], ARGV[2], tonumber(ARGV[3])
local entry = entry_of(visitor)
if not entry then
    return { 'nobody' }
end
if has_run_out(entry, now) then
    finish(visitor, entry, RAN_OUT[entry.state], now)
elseif entry.state ~= 'x' then
    finish(visitor, entry, reason, now)
end
return place(visitor, entry, now)
