package dev.reprise.lineage;

/**
 * The numbers of a run's iterations, where its progressions and seeds start taken into account.
 *
 * @param inputs of the body; asked only when there are lifts
 * @param lifts starts of the lifted progressions; null when the columns' own starts count
 * @param seeds may be null for a body that uses none
 */
record RunNumbers(RunBody body, RunInputs inputs, long[] lifts, SeedRule seeds) {

  /** The bits of a number of an iteration's patch. */
  long at(int path, int value, long iteration) {
    NumberColumn column = body.numbers(path, value);
    int lift = lifts == null ? -1 : inputs.liftIndex(path, value);
    return lift < 0 ? column.at(iteration, seeds) : column.lifted(iteration, lifts[lift]);
  }

  /** The bits behind an operand that is a number: a constant, or the entry of a column. */
  long operand(int path, int operand, long iteration) {
    Patch patch = body.patch(path);
    int value = Ref.index(patch.refs[operand]);
    Patch.PatchValue known = patch.values[value];
    if (known.kind().isNumber()) {
      return at(path, value, iteration);
    }
    return bits(
        known.kind() == ValueKind.CONSTANT
            ? known.constant()
            : (LineageItem) body.objects(path, value).at(iteration));
  }

  /** The bits of a literal that is a number. */
  static long bits(LineageItem number) {
    var literal = number.literalOrNull();
    return ValueKind.ofLiteral(literal).bits(literal);
  }
}
