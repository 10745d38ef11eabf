-- Takes back that a node has a copy of a session, unless it has made another since.
-- KEYS[1]  who has copies of the session
-- ARGV     node, number up to which its fills are used no more
local number = redis.pcall('HGET', KEYS[1], ARGV[1])
if type(number) == 'string' and tonumber(number) <= tonumber(ARGV[2]) then
  redis.call('HDEL', KEYS[1], ARGV[1])
end
return 1
