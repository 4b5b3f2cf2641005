package dev.reprise.runtime.operation;

import static dev.reprise.runtime.operation.Opcode.row;

import java.util.ArrayList;
import java.util.List;

/** Operations on lists; the engine answers them without touching cells. */
final class ListOperations {
  private ListOperations() {}

  static List<Opcode.Builder> rows() {
    List<Opcode.Builder> rows = new ArrayList<>();
    // Attributes name.0, name.1, ... name the elements of a named list.
    rows.add(row("list").variadic().structure());
    // L[i], L["name"] (upper left out), L[a:b]: always a list; the engine unwraps a single element
    // where the value is used.
    rows.add(row("listIndex").in("target", "lower").optional("upper").structure());
    // L[i] = value, L["name"] = value; a new name appends.
    rows.add(row("listAssign").in("target", "source", "lower").optional("upper").structure());
    // Attribute name: the name of the appended element.
    rows.add(row("listAppend").in("target", "element").structure());
    // append(x, y): of a list one more element (attribute name names it), of matrices and frames
    // cbind.
    rows.add(row("append").in("target", "element").structure());
    // [rest, removed] = remove(L, i)
    rows.add(row("listRemove").in("target", "position").outputs(2).structure());
    // One output of an operation with several.
    rows.add(row("output").in("target").structure());
    rows.add(row("names").in("target").structure());
    rows.add(row("contains").in("target", "pattern").returns(Results.BOOLEAN));
    return rows;
  }
}
