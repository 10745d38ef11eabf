-- Forgets a session that was taken out, or a forward, because another store has it. The mark that it
-- leaves lives as long as the session might have.
-- KEYS[1]  the session
-- Returns 1 if it is forgotten now; else 0.
local head = redis.pcall('GETRANGE', KEYS[1], 0, 7)
if type(head) ~= 'string' or (head ~= 'leaving ' and string.sub(head, 1, 5) ~= 'next ') then
  return 0
end
local left = redis.call('PTTL', KEYS[1])
if left == 0 then
  return 0
end
if left < 0 then
  redis.call('DEL', KEYS[1]) -- Somebody took its end away.
  return 1
end
redis.call('PEXPIRE', KEYS[1], left)
redis.call('SET', KEYS[1], 'left', 'PX', left)
return 1
