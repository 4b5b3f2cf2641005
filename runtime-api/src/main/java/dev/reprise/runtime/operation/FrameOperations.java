package dev.reprise.runtime.operation;

import static dev.reprise.runtime.operation.Opcode.row;

import java.util.ArrayList;
import java.util.List;

/** Frames, casts between types, and feature transformations. */
final class FrameOperations {
  private FrameOperations() {}

  static List<Opcode.Builder> rows() {
    List<Opcode.Builder> rows = new ArrayList<>();
    rows.add(row("as.scalar").in("target"));
    rows.add(row("as.matrix").in("target"));
    rows.add(row("as.frame").in("target"));
    rows.add(row("as.list").in("target").structure());
    rows.add(row("as.double").in("target").returns(Results.DOUBLE));
    rows.add(row("as.integer").in("target").returns(Results.INTEGER));
    rows.add(row("as.logical").in("target").returns(Results.BOOLEAN));
    rows.add(row("as.string").in("target").returns(Results.STRING));
    rows.add(row("frame").in("data", "rows", "cols").optional("schema"));
    // [matrix, meta frame]
    rows.add(row("transformencode").in("target", "spec").outputs(2).work(Work.SORT));
    rows.add(
        row("transformapply").in("target", "meta", "spec").optional("embedding").work(Work.SORT));
    rows.add(row("transformdecode").in("target", "meta", "spec").work(Work.SORT));
    rows.add(row("transformcolmap").in("target", "spec"));
    // Calls of the script's functions that the spec asks for, as lines of text.
    rows.add(row("transformFunctions").in("target", "meta", "spec").returns(Results.STRING));
    rows.add(row("detectSchema").in("target"));
    rows.add(row("applySchema").in("target", "schema"));
    rows.add(row("dropInvalidType").in("target", "schema"));
    rows.add(row("dropInvalidLength").in("target", "length"));
    rows.add(row("valueSwap").in("target", "schema"));
    // margin 0: cells, 1: rows, 2: columns
    rows.add(row("map").in("target", "lambda").in("margin", 0L));
    rows.add(row("tokenize").in("target", "spec").optional("max_tokens").work(Work.TEXT));
    rows.add(row("colnames").in("target"));
    return rows;
  }
}
