-- Takes sessions that have ended out of a person's index, except those that somebody still has a
-- copy of: until it is dropped, whoever ends all sessions of the person has to wait for it too.
-- KEYS[1]  the index; then for each session who has copies of it
-- ARGV     the node that asks; then for each session its field, and up to which number that node's own
--          fills are used no more
local ended = {}
for i = 2, #KEYS do
  local field, number = ARGV[2 * i - 2], tonumber(ARGV[2 * i - 1])
  local holders = redis.pcall('HGETALL', KEYS[i])
  local held = false
  for j = 1, #holders, 2 do
    held = held or holders[j] ~= '!'
      and not (holders[j] == ARGV[1] and tonumber(holders[j + 1]) <= number)
  end
  if not held then
    ended[#ended + 1] = field
  end
end
if ended[1] then
  local left = redis.pcall('HDEL', KEYS[1], unpack(ended))
  if type(left) == 'table' and not string.find(left.err, 'WRONGTYPE', 1, true) then
    return left -- Else it is no index, and names nothing.
  end
end
return #ended
