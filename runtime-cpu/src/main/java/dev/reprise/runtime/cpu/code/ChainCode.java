package dev.reprise.runtime.cpu.code;

import static dev.reprise.runtime.cpu.code.Assembler.R10;
import static dev.reprise.runtime.cpu.code.Assembler.R11;
import static dev.reprise.runtime.cpu.code.Assembler.R12;
import static dev.reprise.runtime.cpu.code.Assembler.R13;
import static dev.reprise.runtime.cpu.code.Assembler.R14;
import static dev.reprise.runtime.cpu.code.Assembler.R15;
import static dev.reprise.runtime.cpu.code.Assembler.R8;
import static dev.reprise.runtime.cpu.code.Assembler.R9;
import static dev.reprise.runtime.cpu.code.Assembler.RAX;
import static dev.reprise.runtime.cpu.code.Assembler.RBP;
import static dev.reprise.runtime.cpu.code.Assembler.RBX;
import static dev.reprise.runtime.cpu.code.Assembler.RCX;
import static dev.reprise.runtime.cpu.code.Assembler.RDI;
import static dev.reprise.runtime.cpu.code.Assembler.RDX;
import static dev.reprise.runtime.cpu.code.Assembler.RSI;

import dev.reprise.runtime.cpu.code.CellChain.Apply;
import dev.reprise.runtime.cpu.code.CellChain.Input;
import dev.reprise.runtime.cpu.code.CellChain.Node;
import dev.reprise.runtime.cpu.code.CellChain.Number;
import dev.reprise.runtime.cpu.code.CellChain.Same;
import dev.reprise.runtime.cpu.code.CellChain.Spread;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The machine code of a {@link CellChain}: two loops, over rows and over the cells of a row. A
 * function of the System V calling convention: where the {@linkplain CellChain.Call arguments} and
 * the output begin. It returns other than 0 when a cell was refused.
 *
 * <p>Values are kept in registers from the last one down, as on a stack. What needs more registers
 * goes first (Sethi, Ullman 1970, The generation of optimal code for arithmetic expressions).
 */
final class ChainCode {
  private static final int[] INPUTS = {RDI, R9, R10, R11, R12, R13, R14, R15, RBP};
  private static final int[] SAVED = {RBX, RBP, R12, R13, R14, R15};

  /** Two more than formulas have, since there are no totals. */
  private static final int LAST = CellCode.LAST_REGISTER + 2;

  /** Counts steps that are not tried in quick ways; lost behind the loop. */
  private static final int SERIES = RBX;

  /** About how many groups of cells after one that was unsure: whole steps of them. */
  private static final int UNTRIED = 14;

  private static final int MOST_OPERANDS = 3;

  static final int MOST_INPUTS = INPUTS.length;

  // Places of the arguments, counted in longs.
  static final int ROWS = 0;
  static final int GROUPS = 1;
  static final int MASK = 2;
  static final int ROW_BYTES = 3;
  static final int OUTPUT_ROW_BYTES = 4;
  static final int FIRST_INPUT = 5;
  static final int FIRST_NUMBER = FIRST_INPUT + MOST_INPUTS;

  /** Bounds what code takes. */
  private static final int MOST_OPERATIONS = 64;

  private static final int MOST_FUNCTIONS = 8;

  private final CellCode code;
  private final Assembler to;
  private final CellChain chain;
  private final Part result;
  private final CellForm form;
  private final int lanes;
  private final int turns;
  private final boolean toDoubles;

  /** Whether the instructions of several groups of cells take turns. */
  private final boolean takesTurns;

  /** The register of the result. */
  private final int last;

  /** Whether what is being written are the quick ways of functions. */
  private boolean isQuick;

  private ChainCode(CellChain chain, CellForm form, VectorRegisters registers, boolean toDoubles) {
    CellCode.Frame frame =
        new CellCode.Frame(INPUTS, new int[] {RSI}, RDX, FIRST_NUMBER * Long.BYTES);
    this.code = new CellCode(form, registers, frame);
    this.form = form;
    this.lanes = registers.lanes(form);
    this.turns = registers.turns();
    this.to = code.assembler();
    this.chain = chain;
    this.result = Part.of(chain.result());
    this.toDoubles = toDoubles;
    this.takesTurns = result.functions > 0 && result.fits(CellCode.IN_TURNS - 1);
    this.last = takesTurns ? CellCode.IN_TURNS - 1 : LAST;
  }

  /**
   * A value, and in which order it is computed. What is the {@linkplain Same same} as an operand
   * comes after it, since nothing takes fewer registers.
   *
   * @param operands those that take more registers first
   * @param positions which operand each of these is
   * @param registers how many are in use while it is computed
   * @param kept how many of these while a function is
   * @param operations how many it takes
   * @param functions how many of these are functions
   */
  private record Part(
      Node node,
      List<Part> operands,
      List<Integer> positions,
      int registers,
      int kept,
      int operations,
      int functions) {

    static Part of(Node node) {
      if (!(node instanceof Apply apply)) {
        return new Part(node, List.of(), List.of(), 1, 0, 0, 0);
      }
      List<Part> given = apply.operands().stream().map(Part::of).toList();
      List<Integer> positions =
          IntStream.range(0, given.size())
              .boxed()
              .sorted(Comparator.comparing(i -> -given.get(i).registers))
              .toList();
      int registers = 1;
      int operations = 1;
      boolean isFunction = CellOperators.isFunction(apply.opcode());
      int functions = isFunction ? 1 : 0;
      int kept = isFunction ? given.size() : 0;
      for (int held = 0; held < given.size(); held++) {
        Part part = given.get(positions.get(held));
        registers = Math.max(registers, held + part.registers);
        kept = Math.max(kept, part.functions > 0 ? held + part.kept : 0);
        operations += part.operations;
        functions += part.functions;
      }
      List<Part> operands = positions.stream().map(given::get).toList();
      return new Part(node, operands, positions, registers, kept, operations, functions);
    }

    /** Whether registers up to one are enough: it, and those below that nothing else needs. */
    boolean fits(int last) {
      return registers <= last - CellOperators.SPARES + 1
          && kept <= last - ExponentialFormulas.FIRST_KEPT + 1;
    }

    /** Whether all functions have quick ways, which are for floats alone. */
    boolean canBeQuick() {
      boolean isSlow =
          node instanceof Apply apply
              && CellOperators.isFunction(apply.opcode())
              && (!CellOperators.isQuick(apply.opcode())
                  || operands.stream().anyMatch(operand -> operand.node instanceof Number));
      return !isSlow && operands.stream().allMatch(Part::canBeQuick);
    }

    boolean needsDoubles() {
      return node instanceof Apply apply && CellOperators.needsDoubles(apply.opcode())
          || operands.stream().anyMatch(Part::needsDoubles);
    }

    boolean divides() {
      return node instanceof Apply apply && CellOperators.divides(apply.opcode())
          || operands.stream().anyMatch(Part::divides);
    }

    boolean rounds() {
      return node instanceof Apply apply && CellOperators.rounds(apply.opcode());
    }
  }

  /** Whether the registers, and what code may take, are enough for a chain. */
  static boolean fits(List<Spread> inputs, Node result) {
    Part part = Part.of(result);
    return inputs.size() <= MOST_INPUTS
        && part.operations <= MOST_OPERATIONS
        && part.functions <= MOST_FUNCTIONS
        && part.fits(LAST);
  }

  /**
   * The code.
   *
   * @param form of the inputs' precision
   * @param toDoubles whether the output is of doubles, which it is not for floats that stay floats
   */
  static byte[] of(CellChain chain, CellForm form, VectorRegisters registers, boolean toDoubles) {
    return new ChainCode(chain, form, registers, toDoubles).write();
  }

  /** Whether it may be computed by floats alone, if its numbers are floats. */
  static boolean needsNoDoubles(Node result) {
    return !Part.of(result).needsDoubles();
  }

  /**
   * Whether it takes less time in the largest registers: not where it divides or takes roots, which
   * take as long there, unless it has functions too.
   */
  static boolean gainsFromLargest(Node result) {
    Part part = Part.of(result);
    return part.functions > 0 || !part.divides();
  }

  private static Address argument(int place) {
    return Address.of(RDX, place * Long.BYTES);
  }

  private byte[] write() {
    for (int register : SAVED) {
      to.push(register);
    }
    to.move(RDX, RDI);
    for (int i = 0; i < chain.inputs().size(); i++) {
      to.load(INPUTS[i], argument(FIRST_INPUT + i));
    }
    to.load(R8, argument(ROWS));
    code.clearRefused();
    int row = to.here();
    to.zero(RAX);
    to.load(RCX, argument(GROUPS));
    if (takesTurns) {
      writeInTurns();
    } else {
      writeLoop();
    }
    to.load(RCX, argument(MASK));
    to.test(RCX);
    int none = to.jumpIfZero();
    code.loadMasks(RBX, RCX);
    code.writeMasked(this::writeCells);
    to.landHere(none);
    to.add(RSI, argument(OUTPUT_ROW_BYTES));
    for (int i = 0; i < chain.inputs().size(); i++) {
      switch (chain.inputs().get(i)) {
        case EACH -> to.add(INPUTS[i], argument(ROW_BYTES));
        case ROW -> {}
        case COLUMN -> to.addNumber(INPUTS[i], code.cellBytes());
      }
    }
    to.decrement(R8);
    to.jumpBackUnlessZero(row);
    code.returnRefused();
    for (int i = SAVED.length - 1; i >= 0; i--) {
      to.pop(SAVED[i]);
    }
    to.returnToCaller();
    code.writeData();
    return to.bytes();
  }

  /** All groups of cells, which RCX counts. */
  private void writeLoop() {
    to.test(RCX);
    int few = to.jumpIfZero();
    int loop = to.here();
    writeCells(code);
    to.addNumber(RAX, lanes);
    to.decrement(RCX);
    to.jumpBackUnlessZero(loop);
    to.landHere(few);
  }

  /** Likewise, some at a time. */
  private void writeInTurns() {
    to.shiftRight(RCX, Integer.numberOfTrailingZeros(turns));
    int few = to.jumpIfZero();
    to.zero(SERIES);
    int loop = to.here();
    writeStep(turns);
    to.decrement(RCX);
    to.jumpBackUnlessZero(loop);
    to.landHere(few);
    for (int groups = turns / 2; groups > 1; groups /= 2) {
      writeGroupsLeft(groups);
    }
    to.load(RCX, argument(GROUPS));
    to.andNumber(RCX, 1);
    writeLoop();
  }

  /** So many groups, where as many are left. */
  private void writeGroupsLeft(int groups) {
    to.load(RCX, argument(GROUPS));
    to.testNumber(RCX, groups);
    int none = to.jumpIfZero();
    to.zero(SERIES);
    writeStep(groups);
    to.landHere(none);
  }

  private void writeStep(int groups) {
    if (form == CellForm.WIDENED && result.canBeQuick()) {
      code.writeInTurns(groups, this::writeQuickly);
    } else {
      code.writeInTurns(groups, this::writeCells);
    }
    to.addNumber(RAX, groups * lanes);
  }

  /**
   * Cells by the quick ways of functions, and once more where these are unsure of one. The next
   * ones are not even tried, since cells whose functions are beyond what is quick come together.
   */
  private void writeQuickly(CellCode unused) {
    to.test(SERIES);
    int quick = to.jumpIfZero();
    int series = to.jump();
    to.landHere(quick);
    code.clearUnsure();
    isQuick = true;
    compute(result, last);
    isQuick = false;
    int sure = code.jumpIfSure();
    to.addNumber(SERIES, UNTRIED / turns + 1);
    to.landHere(series);
    to.decrement(SERIES);
    compute(result, last);
    to.landHere(sure);
    writeResult();
  }

  private void writeCells(CellCode unused) {
    compute(result, last);
    writeResult();
  }

  private void writeResult() {
    if (!toDoubles) {
      code.output(0, last);
      return;
    }
    round(result, last);
    code.doublesOutput(0, last);
  }

  /** What a register holds becomes a float, where it is computed as a double. */
  private void round(Part part, int register) {
    if (form == CellForm.WIDENED && part.rounds()) {
      code.roundToFloats(register);
    }
  }

  /** Leaves a value in a register, with the help of those below. */
  private void compute(Part part, int register) {
    if (part.node instanceof Apply apply) {
      compute(part, apply.opcode(), register);
    } else if (part.node instanceof Number number) {
      code.load(register, Source.parameter(number.number()));
    } else if (!(part.node instanceof Input input)) {
      throw new IllegalArgumentException("no operand but " + part.node);
    } else if (chain.inputs().get(input.number()) == Spread.COLUMN) {
      code.repeatedInput(register, input.number());
    } else {
      code.input(register, input.number());
    }
  }

  private void compute(Part part, String opcode, int register) {
    int[] places = new int[MOST_OPERANDS];
    int free = register;
    for (int i = 0; i < part.operands.size(); i++) {
      Part operand = part.operands.get(i);
      if (operand.node instanceof Same same) {
        code.load(free, Source.register(places[same.operand()]));
      } else {
        compute(operand, free);
        round(operand, free);
      }
      places[part.positions.get(i)] = free--;
    }
    if (isQuick && CellOperators.isFunction(opcode)) {
      CellOperators.writeQuick(code, opcode, places[0], places[1], places[2]);
    } else {
      CellOperators.write(code, opcode, places[0], places[1], places[2]);
    }
    if (places[0] != register) {
      code.load(register, Source.register(places[0]));
    }
  }
}
