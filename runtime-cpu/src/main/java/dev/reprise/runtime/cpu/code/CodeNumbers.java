package dev.reprise.runtime.cpu.code;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the numbers lie that code reads: those of the call, and behind the code the constants, each
 * once.
 */
final class CodeNumbers {
  /**
   * Bytes of a number of the call: once for every lane of {@link VectorRegisters#BYTES_32}. Larger
   * registers repeat the first.
   */
  static final int NUMBER_BYTES = VectorRegisters.BYTES_32.bytes();

  private final Assembler to;
  private final Address firstParameter;
  private final BitSet parameters = new BitSet();

  /** Ends of instructions that read a constant, by its bits. */
  private final Map<Long, List<Integer>> constants = new LinkedHashMap<>();

  /**
   * @param firstParameter where numbers of the call lie, each of {@link #NUMBER_BYTES}
   */
  CodeNumbers(Assembler to, Address firstParameter) {
    this.to = to;
    this.firstParameter = firstParameter;
  }

  /** Where a number of the call lies. */
  Address ofCall(int number) {
    return firstParameter.plus(number * NUMBER_BYTES);
  }

  /** Where a number lies; of a constant that is known only {@linkplain #write in the end}. */
  Address place(Source number) {
    return number instanceof Source.Parameter parameter
        ? ofCall(parameter.number())
        : Address.ahead(0);
  }

  /** To be told when an instruction has just been written that reads a number. */
  void wasRead(Source number) {
    if (number instanceof Source.Parameter parameter) {
      parameters.set(parameter.number());
    } else if (number instanceof Source.Constant constant) {
      constants.computeIfAbsent(constant.bits(), _ -> new ArrayList<>()).add(to.here());
    } else {
      throw new IllegalArgumentException("a register is no number");
    }
  }

  /** Which numbers of the call the code so far reads. */
  BitSet parameters() {
    return parameters;
  }

  /** The last of the code: the constants, as instructions of a form read them. */
  void write(VectorInstructions instructions, CellForm form) {
    // Vectors that cross lines of the cache are read twice.
    to.align(NUMBER_BYTES);
    constants.forEach((bits, ends) -> {
      ends.forEach(to::pointTo);
      instructions.writeNumber(form.bits(Double.longBitsToDouble(bits)));
    });
  }
}
