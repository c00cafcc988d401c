-- A visitor's place. ARGV: visitor, now, whether an admission's pass is fetched by it.
if not open('epoch', 'lost_up_to', 'last', 'ended_up_to', 'admitted', 'stay') then
    return { 'lost' }
end
local visitor, now, claims = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'
local entry = entry_of(visitor)
if not entry then
    return { 'nobody' }
end
if claims then
    if has_run_out(entry, now) then
        finish(visitor, entry, RAN_OUT[entry.state], now)
    elseif entry.state == 'a' then
        fetch_pass(visitor, entry, now)
    end
end
return place(visitor, entry, now)
