package dev.reprise.language.lower;

import dev.reprise.language.Position;
import dev.reprise.language.syntax.Expression;
import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Attributes;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code einsum("ij,jk->ik", A, B)}: products of cells summed over the letters that the result does
 * not have, as products, sums and transposes that scripts could write as well, so that they are
 * traced, reused and optimised like those.
 *
 * <p>Two terms at a time become one, first those that give the smallest, until one is left; a
 * letter is summed away as soon as no other term and not the result has it. No term has more than
 * two letters: what would need a third is refused.
 */
final class EinsumLowering {
  private final CallSite site;
  private final String result;
  private final List<Term> terms = new ArrayList<>();

  /**
   * A value and its letters: none for a scalar, one for a column, two for rows and columns.
   *
   * @param slot of the value
   */
  private record Term(String letters, int slot) {
    boolean has(char letter) {
      return letters.indexOf(letter) >= 0;
    }
  }

  private EinsumLowering(CallSite site, String result) {
    this.site = site;
    this.result = result;
  }

  static Lowered lower(CallSite site) {
    String text =
        site.count() == 0 || site.arguments().getFirst().name() != null
            ? null
            : CallSite.literalText(site.arguments().getFirst().value());
    if (text == null) {
      return site.error(
          "'einsum' begins with a text that says what to compute, and it must be written out here",
          "write einsum(\"ij,jk->ik\", A, B)");
    }
    EinsumText parsed = EinsumText.parse(text, site.count() - 1);
    if (parsed.error() != null) {
      Position start = ((Expression.Literal) site.arguments().getFirst().value()).position();
      site.context()
          .error(
              new Position(start.file(), start.line(), start.column() + 1 + parsed.at()),
              Math.max(1, parsed.length()),
              parsed.error(),
              parsed.hint());
      return new Lowered.Value(site.absent());
    }
    return new EinsumLowering(site, parsed.result()).lower(parsed.operands());
  }

  private Lowered lower(List<String> operands) {
    for (int i = 0; i < operands.size(); i++) {
      terms.add(operand(operands.get(i), site.operand(site.arguments().get(i + 1).value())));
    }
    for (int i = 0; i < terms.size(); i++) {
      Term term = terms.remove(i);
      terms.add(i, summed(term));
    }
    while (terms.size() > 1) {
      if (!joinTwo()) {
        return site.error(
            "'einsum' would need a value of more than two dimensions here",
            "compute it in several steps");
      }
    }
    Term last = terms.getFirst();
    return last.letters().equals(result)
        ? new Lowered.Value(last.slot())
        : site.compute("t", last.slot());
  }

  /** Two equal letters are the diagonal, one letter is a column whichever way the vector lies. */
  private Term operand(String letters, int slot) {
    if (letters.length() == 2 && letters.charAt(0) == letters.charAt(1)) {
      return new Term(letters.substring(1), step("diag", slot));
    }
    if (letters.length() == 1) {
      return new Term(letters, step("matrix", slot, step("length", slot), number(1), truth()));
    }
    return new Term(letters, slot);
  }

  /** Joins the two terms that give the smallest one; false if none can be joined. */
  private boolean joinTwo() {
    int first = -1;
    int second = -1;
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < terms.size(); i++) {
      for (int j = i + 1; j < terms.size(); j++) {
        int cost = cost(terms.get(i), terms.get(j));
        if (cost < least) {
          least = cost;
          first = i;
          second = j;
        }
      }
    }
    if (least == Integer.MAX_VALUE) {
      return false;
    }
    Term right = terms.remove(second);
    Term left = terms.remove(first);
    terms.add(first, summed(join(left, right)));
    return true;
  }

  /** More for more letters of what the two give; most for the products of vectors that grow. */
  private int cost(Term a, Term b) {
    int letters = 0;
    for (char letter : letters(a, b).toCharArray()) {
      letters += isNeeded(letter, a, b) ? 1 : 0;
    }
    boolean isMatrixProduct = letters(a, b).length() == 3 && shared(a, b) != 0;
    if (letters(a, b).length() > 2 && (!isMatrixProduct || isNeeded(shared(a, b), a, b))) {
      return Integer.MAX_VALUE;
    }
    boolean grows = letters > Math.max(a.letters().length(), b.letters().length());
    return 2 * letters + (grows ? 1 : 0);
  }

  private Term join(Term a, Term b) {
    if (a.letters().isEmpty() || b.letters().isEmpty()) {
      return new Term(a.letters() + b.letters(), step("*", a.slot(), b.slot()));
    }
    char shared = shared(a, b);
    if (shared == 0) {
      return new Term(a.letters() + b.letters(), product(a.slot(), false, b.slot(), true));
    }
    boolean bothWhole =
        a.letters().length() == 2 && letters(a, b).length() == 2 && b.letters().length() == 2;
    if (!bothWhole && !isNeeded(shared, a, b)) {
      return contracted(a, b, shared);
    }
    if (a.letters().length() < b.letters().length()) {
      return join(b, a);
    }
    // Cell by cell, b turned so that its letters lie as those of a.
    boolean turned =
        bothWhole ? !a.letters().equals(b.letters()) : a.letters().indexOf(shared) == 1;
    int slot = turned ? step("t", b.slot()) : b.slot();
    return new Term(a.letters(), step("*", a.slot(), slot));
  }

  /** A product of matrices or vectors over the letter that they share. */
  private Term contracted(Term a, Term b, char shared) {
    String left = a.letters().replace(String.valueOf(shared), "");
    String right = b.letters().replace(String.valueOf(shared), "");
    if (left.isEmpty() && !right.isEmpty()) {
      return contracted(b, a, shared);
    }
    int slot =
        product(
            a.slot(), a.letters().charAt(0) == shared, b.slot(), b.letters().charAt(0) != shared);
    return left.isEmpty() ? new Term("", step("as.scalar", slot)) : new Term(left + right, slot);
  }

  private int product(int left, boolean isLeftTurned, int right, boolean isRightTurned) {
    if (left == right && isLeftTurned != isRightTurned) {
      return isLeftTurned ? step("tsmm", left) : step("tsmm", Attributes.of("right", "true"), left);
    }
    Attributes attributes = Attributes.none();
    if (isLeftTurned) {
      attributes = attributes.with("ta", "true");
    }
    if (isRightTurned) {
      attributes = attributes.with("tb", "true");
    }
    return step("matmul", attributes, left, right);
  }

  /** Without the letters that nothing else has. */
  private Term summed(Term term) {
    String letters = term.letters();
    boolean isFirstNeeded = !letters.isEmpty() && isNeeded(letters.charAt(0), term, term);
    boolean isSecondNeeded = letters.length() == 2 && isNeeded(letters.charAt(1), term, term);
    if (letters.isEmpty() || isFirstNeeded && (letters.length() == 1 || isSecondNeeded)) {
      return term;
    }
    if (isFirstNeeded) {
      return new Term(letters.substring(0, 1), step("rowSums", term.slot()));
    }
    if (isSecondNeeded) {
      return new Term(letters.substring(1), step("t", step("colSums", term.slot())));
    }
    return new Term("", step("sum", term.slot()));
  }

  /** Whether the result or a term other than these two has the letter. */
  private boolean isNeeded(char letter, Term a, Term b) {
    return result.indexOf(letter) >= 0
        || terms.stream().anyMatch(term -> term != a && term != b && term.has(letter));
  }

  private static String letters(Term a, Term b) {
    StringBuilder letters = new StringBuilder(a.letters());
    b.letters().chars().filter(c -> !a.has((char) c)).forEach(c -> letters.append((char) c));
    return letters.toString();
  }

  /** The first letter that both have, or 0. */
  private static char shared(Term a, Term b) {
    return (char) a.letters().chars().filter(c -> b.has((char) c)).findFirst().orElse(0);
  }

  private int number(long value) {
    return site.context().builder().constant(Scalar.of(value));
  }

  private int truth() {
    return site.context().builder().constant(Scalar.of(true));
  }

  private int step(String opcode, int... inputs) {
    return site.expressions().temporary(site.compute(opcode, inputs));
  }

  private int step(String opcode, Attributes attributes, int... inputs) {
    return site.expressions().temporary(site.compute(opcode, attributes, inputs));
  }
}
