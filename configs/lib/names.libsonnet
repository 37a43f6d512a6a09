// Names that are checked: a misspelled one is an error that lists the known ones and points to the
// nearest.

// tailstrict evaluates each cell at once; left for later, they would nest too deep for the stack.
local append(row, cell) = row + [cell];

// Levenshtein's distance: how many letters to insert, delete or replace.
local edit_distance(a, b) =
  local next_row(row, i) = std.foldl(
    function(done, j) append(
      done,
      std.min(
        std.min(done[j], row[j + 1]) + 1,
        row[j] + (if a[i] == b[j] then 0 else 1)
      )
    ) tailstrict,
    std.range(0, std.length(b) - 1),
    [i + 1]
  );
  local rows = std.foldl(next_row, std.range(0, std.length(a) - 1), std.range(0, std.length(b)));
  rows[std.length(b)];

local holds(whole, part) = std.length(std.findSubstr(part, whole)) > 0;

// A name that holds the other whole ('lstm' in 'pytorch-lstm') is about as near as one letter.
// Whatever is as far as `limit` is not looked at more closely.
local distance(a, b, limit) =
  local surplus = std.abs(std.length(a) - std.length(b));
  if holds(a, b) || holds(b, a) then 1 + surplus / 100
  else if surplus >= limit then limit
  else edit_distance(a, b);

{
  // The known name nearest to `name`; null where more than half of its letters differ.
  nearest(name, known)::
    local nearer(best, candidate) =
      local candidate_distance = distance(name, candidate, best.distance);
      if candidate_distance < best.distance
      then { name: candidate, distance: candidate_distance }
      else best;
    std.foldl(nearer, known, { name: null, distance: std.length(name) / 2 + 0.5 }).name,

  unknown(kind, name, known)::
    local near = self.nearest(std.toString(name), known);
    "unknown %s '%s'. %sKnown: %s" % [
      kind,
      name,
      if near == null then '' else "Did you mean '%s'? " % near,
      std.join(', ', ["'%s'" % each for each in known]),
    ],
}
