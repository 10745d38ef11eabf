-- Moves counters without looking at all of a session, where a commit does nothing else but set: a
-- part of commit.lua, which goes on with what this leaves alone. What was appended since the session
-- was written as a whole is behind a place that follows from how long it may grow; a counter that
-- was counted once is there.
local function count()
  local known, envelope = pcall(struct.unpack, '>I4c0', redis.call('GETRANGE', key, 26, 1049))
  if not known or string.find(envelope, '|1|[^|]*$') then
    return false -- roles.lua has moved that place.
  end
  local size = most - 256
  local begin = 4 * math.floor(size / 5) + size % 5
  if size % 5 == 4 or begin < 30 + #envelope then
    return false
  end
  local tail = redis.call('GETRANGE', key, begin, begin + 8192)
  if #tail > 8192 or begin + #tail > most then
    return false -- To be written as a whole, or it would be looked through each time.
  end
  local last, at = {}, {}
  for i = 10, #ARGV, 2 do
    last[ARGV[i]] = false
  end
  local function look(text, from, offset)
    while from <= #text do
      local name, length, value = struct.unpack('>I4c0I4', text, from)
      from = value + length
      if from > #text + 1 then
        error('cut')
      end
      if last[name] ~= nil then
        last[name] = string.sub(text, value, from - 1)
        at[name] = offset and offset + value - 1
      end
    end
  end
  if not pcall(look, tail, 1, begin) then
    return false
  end
  for i = 10, #ARGV, 2 do
    if not last[ARGV[i]] then
      -- In what was written as a whole. Once it is counted, it is behind that.
      if not pcall(look, redis.call('GET', key), 31 + #envelope, nil) then
        return false
      end
      break
    end
  end
  if not pcall(look, ARGV[2], 1, nil) then
    return false
  end
  local added, in_place = {ARGV[2]}, {}
  for i = 10, #ARGV, 2 do
    local name, sum = ARGV[i], ARGV[i + 1]
    local value = last[name]
    if #sum > 15 or value and #value > 15 then
      return false -- More than Lua counts to.
    end
    if value == '0' or value and string.match(value, '^-?[1-9]%d*$') then
      sum = string.format('%.0f', tonumber(value) + tonumber(sum))
    end -- Else it was no counter.
    if value and at[name] and #value == #sum then
      in_place[#in_place + 1] = {at[name], sum}
    else
      added[#added + 1] = struct.pack('>I4c0I4c0', #name, name, #sum, sum)
    end
  end
  added = table.concat(added)
  if added ~= '' then
    redis.call('APPEND', key, added)
  end
  for _, counter in ipairs(in_place) do
    redis.call('SETRANGE', key, counter[1], counter[2])
  end
  if moves then
    redis.call('PEXPIRE', key, ARGV[4])
    redis.call('SETRANGE', key, 10, ARGV[3])
  end
  return true
end
local is_count = #ARGV > 9 and ARGV[7] == '0' and ARGV[8] == '0' and ARGV[9] == ''
if is_count and not new_key and count() then
  return 1
end
