-- Takes a session out, to be moved to another store: what is under its key stays, and no script
-- changes it any more.
-- KEYS[1]  the session
-- ARGV     now (ms)
-- Returns 1 if it is taken out now, also by somebody else before; else 0.
local text = redis.pcall('GET', KEYS[1])
if type(text) ~= 'string' then
  return 0
end
if string.sub(text, 1, 8) == 'leaving ' then
  return 1
end
local deadline = tonumber(string.match(text, '^%d+ (%d+) ') or '0')
local left = redis.call('PTTL', KEYS[1])
if deadline <= tonumber(ARGV[1]) or left == 0 then
  return 0
end
if left < 0 then
  left = deadline - tonumber(ARGV[1]) + 60000 -- Somebody took its end away.
end
-- A full Redis refuses only what a script begins with, and this takes a few bytes.
redis.call('PEXPIRE', KEYS[1], left)
redis.call('SET', KEYS[1], 'leaving ' .. text, 'PX', left)
return 1
