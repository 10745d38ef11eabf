-- Moves the deadline of a session in a person's index forward, before the session's own. Brings
-- back an entry that was lost.
-- KEYS[1]  the index
-- ARGV     now, time to live (ms), field, deadline, signed in, root unless known

-- A full Redis refuses what needs memory, unless the script has removed something before. This must
-- not be refused while the session's own deadline moves, or the index would end before it.
if type(redis.pcall('HDEL', KEYS[1], '')) == 'table' then
  redis.call('DEL', KEYS[1]) -- No index, and in the place of one.
end
local deadline, root = ARGV[4], ARGV[6]
local known = redis.call('HGET', KEYS[1], ARGV[3])
if known then
  local its_deadline, its_root = string.match(known, '^(%d+) .* (%x+)$')
  root = its_root or root
  if its_deadline and tonumber(its_deadline) > tonumber(deadline) then
    deadline = its_deadline
  end
end
redis.call('HSET', KEYS[1], ARGV[3], deadline .. ' ' .. ARGV[1] .. ' ' .. ARGV[5] .. ' ' .. root)
if tonumber(ARGV[2]) > redis.call('PTTL', KEYS[1]) then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 1
