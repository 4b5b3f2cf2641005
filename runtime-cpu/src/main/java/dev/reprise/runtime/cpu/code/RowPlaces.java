package dev.reprise.runtime.cpu.code;

/**
 * The addresses of up to eight rows that lie the same step from each other. Registers hold the
 * first row's place and odd multiples of the step; an address can double these by itself, so that
 * no instruction computes a place:
 *
 * <pre>
 *   row      0      1       2       3       4       5       6       7
 *   place    first  1 step  1 x 2   3 steps 1 x 4   5 steps 3 x 2   7 steps
 * </pre>
 */
final class RowPlaces {
  private final int first;
  private final int[] oddSteps;

  /**
   * @param first the register of the first row's place; what is written goes along with it
   * @param oddSteps registers of one step, three, five and seven; those of the last may be missing
   *     where there are fewer rows
   */
  RowPlaces(int first, int... oddSteps) {
    this.first = first;
    this.oddSteps = oddSteps;
  }

  /** Writes what brings the multiples to their registers, once that of one step is set. */
  void writeSteps(Assembler to) {
    int one = oddSteps[0];
    for (int i = 1; i < oddSteps.length; i++) {
      // 3 = 1 + 2, then 5 = 1 + 4 and 7 = 3 + 4.
      to.address(
          oddSteps[i], i == 1 ? Address.of(one, one, 2) : Address.of(oddSteps[i - 2], one, 4));
    }
  }

  Address of(int row) {
    if (row == 0) {
      return Address.of(first);
    }
    int scale = Integer.lowestOneBit(row);
    return Address.of(first, oddSteps[row / scale / 2], scale);
  }
}
