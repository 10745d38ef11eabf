-- Gives a session another envelope, only if it still has the one that was read.
-- KEYS[1]  the session
--          and last, unless the last of ARGV is '': who has copies of the session, see fill.lua
-- ARGV     now (ms), the envelope that was read, the one to write; as in commit.lua 'node number'
-- Returns 1, also if it has that one already; or, with nothing written, 0 if there is no live session
-- under this name, 2 if it has another envelope by now, or in a list who must first drop a copy.
local holder = table.remove(ARGV)
local copies = holder ~= '' and table.remove(KEYS)
local text = redis.pcall('GET', KEYS[1])
if type(text) ~= 'string' then
  return 0
end
local most, deadline = tonumber(string.sub(text, 1, 9)), tonumber(string.sub(text, 11, 25))
if not most or not deadline or deadline <= tonumber(ARGV[1]) then
  return 0
end
local whole, envelope, first = pcall(struct.unpack, '>I4c0', text, 27)
if not whole then
  return 0
end
if envelope == ARGV[3] then
  return 1
end
if envelope ~= ARGV[2] then
  return 2
end
if copies then
  local holders = redis.pcall('HGETALL', copies)
  if holders[1] then
    local node, number = string.match(holder, '^(%S+) (%d+)$')
    local others = {}
    for i = 1, #holders, 2 do
      if holders[i] ~= '!'
        and not (holders[i] == node and tonumber(holders[i + 1]) <= tonumber(number)) then
        others[#others + 1] = holders[i]
        others[#others + 1] = holders[i + 1]
      end
    end
    if others[1] then
      redis.pcall('HSET', copies, '!', '1') -- Nobody makes another copy for a while.
      return others
    end
  end
end
local left = redis.call('PTTL', KEYS[1])
if left == 0 then
  -- Redis ends it in this very millisecond. Whatever is written now must not begin it again.
  return 0
end
local head = string.format('%09d', most + #ARGV[3] - #envelope) .. string.sub(text, 10, 26)
text = head .. struct.pack('>I4c0', #ARGV[3], ARGV[3]) .. string.sub(text, first)
if left > 0 then
  -- A full Redis refuses only what a script begins with, and what is taken from somebody must be.
  redis.call('PEXPIRE', KEYS[1], left)
  redis.call('SET', KEYS[1], text, 'PX', left)
else
  redis.call('SET', KEYS[1], text) -- Somebody took its end away; the next touch gives it one.
end
return 1
