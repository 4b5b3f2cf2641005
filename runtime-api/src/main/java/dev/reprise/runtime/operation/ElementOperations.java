package dev.reprise.runtime.operation;

import static dev.reprise.runtime.operation.Opcode.row;

import java.util.ArrayList;
import java.util.List;

/** Operations that work cell by cell, over matrices and scalars. */
final class ElementOperations {
  private ElementOperations() {}

  static List<Opcode.Builder> rows() {
    List<Opcode.Builder> rows = new ArrayList<>();
    for (String op : List.of("+", "-", "*", "/", "%%", "%/%", "pmin", "pmax")) {
      rows.add(row(op).in("x", "y").returns(Results.CELLWISE).work(Work.cellwise(false)));
    }
    for (String op : List.of("<", "<=", ">", ">=", "==", "!=", "&", "|", "xor")) {
      rows.add(row(op).in("x", "y").returns(Results.CELLWISE).work(Work.cellwise(false)));
    }
    for (String op :
        List.of("bitwAnd", "bitwOr", "bitwXor", "bitwShiftL", "bitwShiftR", "log_base")) {
      rows.add(row(op).in("x", "y").returns(Results.CELLWISE).work(Work.cellwise(false)));
    }
    rows.add(row("^").in("x", "y").returns(Results.CELLWISE).work(Work.cellwise(true)));
    for (String op : List.of("!", "round", "floor", "ceil", "sign")) {
      rows.add(row(op).in("x").returns(Results.LIKE_FIRST));
    }
    for (String op : List.of("negate", "abs", "sqrt")) {
      rows.add(row(op).in("x").returns(Results.FUNCTION));
    }
    for (String op : List.of("is.na", "is.nan", "is.infinite")) {
      rows.add(row(op).in("x").returns(Results.LIKE_FIRST));
    }
    for (String op :
        List.of(
            "exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh",
            "sigmoid")) {
      rows.add(row(op).in("x").returns(Results.FUNCTION).work(Work.FUNCTION));
    }
    rows.add(row("ifelse").in("test", "yes", "no").returns(Results.CHOICE));
    return rows;
  }
}
