-- What a person would do in Neovim, without one: steps for test_neovim.py, which reads what they found.
-- The configuration of docs/editors.md has been read before.

local WAIT = tonumber(vim.env.DEADLINE) * 1000 -- ms

local function open(name)
  vim.cmd('edit ' .. name)
  return vim.api.nvim_get_current_buf()
end

local function until_(what, condition)
  if not vim.wait(WAIT, condition, 20) then
    error('waited in vain until ' .. what)
  end
end

local function codes(buffer)
  local found = {}
  for _, item in ipairs(vim.diagnostic.get(buffer)) do
    found[item.code] = true
  end
  return found
end

local function find(line)
  vim.api.nvim_win_set_cursor(0, { 1, 0 })
  if vim.fn.search('\\V' .. line, 'cW') == 0 then
    error('no line ' .. line)
  end
end

local steps = {}

-- Every finding of a file.
function steps.diagnostics()
  local buffer = open(vim.env.FILE)
  local count = tonumber(vim.env.COUNT)
  until_('there are as many findings', function()
    return #vim.diagnostic.get(buffer) == count
  end)
  local found = {}
  for _, item in ipairs(vim.diagnostic.get(buffer)) do
    table.insert(found, {
      line = item.lnum + 1,
      column = item.col + 1,
      severity = item.severity,
      code = item.code,
      message = item.message,
      source = item.source,
    })
  end
  return found
end

-- The action with some title, chosen at a place; then the text, and whether its finding is gone.
function steps.action()
  local buffer = open(vim.env.FILE)
  local code = vim.env.CODE
  until_(code .. ' is found', function()
    return codes(buffer)[code]
  end)
  find(vim.env.PLACE)
  local titles = {}
  vim.ui.select = function(items, _, choose)
    for _, item in ipairs(items) do
      local title = (item.action or item[2]).title
      table.insert(titles, title)
      if title == vim.env.TITLE then
        choose(item, #titles)
      end
    end
  end
  vim.lsp.buf.code_action()
  until_(code .. ' is mended', function()
    return not codes(buffer)[code]
  end)
  return { titles = titles, lines = vim.api.nvim_buf_get_lines(buffer, 0, -1, false) }
end

-- A new name for what is at a place; then all files are saved.
function steps.rename()
  local buffer = open(vim.env.FILE)
  until_('it is linted', function()
    return #vim.diagnostic.get(buffer) > 0
  end)
  find(vim.env.PLACE)
  vim.lsp.buf.rename(vim.env.NAME)
  until_('the name is another', function()
    return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, false), '\n'):find(vim.env.NAME, 1, true)
  end)
  vim.cmd('wall')
  return {}
end

-- A line that is typed into one file changes the findings of another one; neither is saved.
function steps.typing()
  local compose = open(vim.env.FILE)
  local code = vim.env.CODE
  until_(code .. ' is found', function()
    return codes(compose)[code]
  end)
  local other = open(vim.env.OTHER)
  vim.api.nvim_buf_set_lines(other, 0, -1, false, { vim.env.LINE })
  until_(code .. ' is gone', function()
    return not codes(compose)[code]
  end)
  return {}
end

vim.o.hidden = true
local ok, result = pcall(steps[vim.env.STEP])
local file = assert(io.open(vim.env.ANSWER, 'w'))
local encode = vim.json and vim.json.encode or vim.fn.json_encode
file:write(encode(ok and { result = result } or { error = tostring(result) }))
file:close()
vim.cmd('qall!')
