package dev.reprise.runtime.gpu.kernel;

import dev.reprise.runtime.Precision;
import java.util.Set;
import java.util.TreeSet;

/**
 * Instructions of a kernel in PTX, each on a line, with registers of five kinds: {@code %d} of
 * doubles, {@code %f} of floats, {@code %l} and {@code %r} of whole numbers of 64 and 32 bits,
 * {@code %p} of truth values.
 */
final class PtxBody {
  private static final String KINDS = "dflrp";
  private static final String[] TYPES = {".f64", ".f32", ".b64", ".b32", ".pred"};

  private final StringBuilder text = new StringBuilder();
  private final int[] registers = new int[KINDS.length()];
  private final Set<String> called = new TreeSet<>();
  private final PtxFunctions functions;
  private final boolean isDouble;
  private int labels;

  PtxBody(PtxFunctions functions, Precision precision) {
    this.functions = functions;
    this.isDouble = precision == Precision.FP64;
  }

  /** A new register of a kind. */
  String register(char kind) {
    return "%" + kind + registers[KINDS.indexOf(kind)]++;
  }

  String cell() {
    return register(isDouble ? 'd' : 'f');
  }

  /** The type of a cell, as instructions end in it. */
  String type() {
    return isDouble ? "f64" : "f32";
  }

  String label() {
    return "$L" + labels++;
  }

  void add(String instruction) {
    text.append(instruction).append(";\n");
  }

  void mark(String label) {
    text.append(label).append(":\n");
  }

  /** A new register with the result of an instruction. */
  String made(char kind, String operation, String operands) {
    String result = register(kind);
    add(operation + " " + result + ", " + operands);
    return result;
  }

  /** A new register of a cell with the result of an instruction whose type is added. */
  String cell(String operation, String operands) {
    String result = cell();
    add(operation + "." + type() + " " + result + ", " + operands);
    return result;
  }

  /** The widened value of a register of a cell. */
  String wide(String cell) {
    return isDouble ? cell : made('d', "cvt.f64.f32", cell);
  }

  /** A number of the script as a cell. */
  String narrow(String number) {
    return isDouble ? number : made('f', "cvt.rn.f32.f64", number);
  }

  /** One or zero. */
  String truth(String predicate) {
    return cell(
        "selp",
        (isDouble ? "0d3FF0000000000000, 0d0000000000000000" : "0f3F800000, 0f00000000")
            + ", "
            + predicate);
  }

  String zero() {
    return isDouble ? "0d0000000000000000" : "0f00000000";
  }

  /** Calls a function; arguments come as cells and as wide numbers, it takes what it declares. */
  String call(String function, String[] cells, String[] wide) {
    called.add(function);
    text.append("{\n");
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < cells.length; i++) {
      int bits = functions.parameters(function).get(i);
      boolean takesWide = bits == 64 && !isDouble;
      String argument = takesWide ? wide[i] == null ? wide(cells[i]) : wide[i] : cells[i];
      add(".param .b" + bits + " a" + i);
      add("st.param.f" + bits + " [a" + i + "], " + argument);
      names.append(i == 0 ? "a" : ", a").append(i);
    }
    String result = cell();
    add(".param .b" + (isDouble ? 64 : 32) + " result");
    add("call.uni (result), " + function + ", (" + names + ")");
    add("ld.param." + type() + " " + result + ", [result]");
    text.append("}\n");
    return result;
  }

  /** The functions that are called, with all that they need. */
  String calledText() {
    return functions.text(called);
  }

  @Override
  public String toString() {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < TYPES.length; i++) {
      if (registers[i] > 0) {
        all.append(".reg " + TYPES[i] + " %" + KINDS.charAt(i) + "<" + registers[i] + ">;\n");
      }
    }
    return all.append(text).toString();
  }
}
