// Messages about unknown names, with the known names and the nearest one.

// tailstrict evaluates each cell at once; lazy cells would overflow the stack.
local append(row, cell) = row + [cell];

// Levenshtein distance.
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

// A name that contains the other ('lstm' in 'pytorch-lstm') has a distance of about 1. Distances
// from `limit` on are not computed.
local distance(a, b, limit) =
  local surplus = std.abs(std.length(a) - std.length(b));
  if holds(a, b) || holds(b, a) then 1 + surplus / 100
  else if surplus >= limit then limit
  else edit_distance(a, b);

{
  // The known name nearest to `name`; null if more than half of its letters differ.
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
