package dev.reprise.runtime.operation;

import static dev.reprise.runtime.operation.Opcode.row;

import java.util.ArrayList;
import java.util.List;

/** Input, output, and what looks at the program itself. */
final class SystemOperations {
  private SystemOperations() {}

  static List<Opcode.Builder> rows() {
    List<Opcode.Builder> rows = new ArrayList<>();
    rows.add(
        row("read")
            .in("file")
            .optional(
                "data_type",
                "value_type",
                "format",
                "rows",
                "cols",
                "nnz",
                "header",
                "sep",
                "naStrings",
                "fill",
                "default",
                "schema",
                "dataset",
                "indSep",
                "rows_in_block",
                "cols_in_block")
            .source());
    // The list of a checkpoint. Items that a script makes of its elements keep their lineage or
    // have
    // the attribute fingerprint.
    rows.add(row("resume").in("file").source());
    // A value bound by the Java API; attribute fingerprint is its content hash or named version.
    rows.add(row("bound").source());
    // What is left of a trace that took too much memory; attributes key and height are its own.
    rows.add(row("cut").source());
    // A literal scalar; attributes type and value.
    rows.add(row("literal").source());
    rows.add(
        row("write")
            .in("target", "file")
            .optional(
                "format",
                "header",
                "sep",
                "sparse",
                "append",
                "description",
                "privacy",
                "indSep",
                "dataset",
                "rows_in_block",
                "cols_in_block")
            .effect());
    rows.add(row("checkpoint").in("target", "file").effect());
    rows.add(row("metric").in("name", "value", "step").effect());
    rows.add(row("progress").in("done", "total").text("what", "").effect());
    rows.add(row("score").in("model", "value").text("name", "score").in("smaller", false).effect());
    // The best earlier model of that score, trained on the data, or the first operand.
    rows.add(row("warmstart").in("initial", "data").text("name", "score").effect());
    // What a trace has of it: the model that was found; attribute name is the score's.
    rows.add(row("warm").in("model").structure());
    rows.add(row("file.exists").in("file").effect().returns(Results.BOOLEAN));
    // print(x) or print("text with %s %d %5.2f", a, b, c)
    rows.add(row("print").in("target").variadic().effect());
    rows.add(row("stop").optional("message").effect());
    rows.add(row("assert").in("condition").effect());
    rows.add(row("time").effect().returns(Results.INTEGER));
    rows.add(row("setwd").in("directory").effect());
    rows.add(
        row("toString")
            .in("target")
            .in("rows", 100L)
            .in("cols", 100L)
            .in("decimal", 3L)
            .in("sparse", false)
            .text("sep", " ")
            .text("linesep", "\n")
            .returns(Results.STRING));
    // The trace of a value as text; the engine renders it from the item, not from the value.
    rows.add(row("lineage").in("target").effect().returns(Results.STRING));
    // Attribute variable: the name asked for.
    rows.add(row("exists").effect().returns(Results.BOOLEAN));
    // eval(fname, args...): the called function's items are traced, not the call itself. Attributes
    // name.0, name.1, ... name the arguments.
    rows.add(row("eval").in("function").variadic().effect());
    return rows;
  }
}
