-- KEYS[1]  a session that does not exist yet
-- ARGV     time to live in ms, then field, value, ...
for i = 2, #ARGV, 2 do
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
