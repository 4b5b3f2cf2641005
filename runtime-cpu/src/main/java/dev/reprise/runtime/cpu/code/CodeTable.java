package dev.reprise.runtime.cpu.code;

import dev.reprise.runtime.ResourceException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.function.IntFunction;

/** Code that differs by a number, each piece made when it is first needed. Any thread. */
final class CodeTable {
  private final String what;
  private final IntFunction<byte[]> maker;

  // Segments are immutable, so a thread that sees one without the lock sees all of it.
  private final MemorySegment[] codes;

  /**
   * Makes nothing yet.
   *
   * @param what the code computes, for who is told that there is no memory for it
   * @param count of pieces, which are numbered from 0 on
   * @param maker writes the piece of a number
   */
  CodeTable(String what, int count, IntFunction<byte[]> maker) {
    this.what = what;
    this.maker = maker;
    this.codes = new MemorySegment[count];
  }

  /**
   * The piece of a number.
   *
   * @throws ResourceException when there is no memory for it
   */
  MemorySegment of(int number) {
    MemorySegment code = codes[number];
    return code == null ? make(number) : code;
  }

  private synchronized MemorySegment make(int number) {
    if (codes[number] == null) {
      try {
        codes[number] = ExecutableMemory.holding(maker.apply(number));
      } catch (IOException e) {
        throw new ResourceException(what + " cannot be computed: " + e.getMessage(), e);
      }
    }
    return codes[number];
  }
}
