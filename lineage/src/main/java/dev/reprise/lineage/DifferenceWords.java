package dev.reprise.lineage;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/** What two items that differ themselves differ in, in words for people. */
final class DifferenceWords {
  private static final String FINGERPRINT = "fingerprint";
  private static final int FINGERPRINT_SHOWN = 8;

  private final LineageItem left;
  private final LineageItem right;

  /** What uses the items, in the second trace; null at the output. */
  private final LineageItem user;

  private final int position;

  DifferenceWords(LineageItem left, LineageItem right, LineageItem user, int position) {
    this.left = left;
    this.right = right;
    this.user = user;
    this.position = position;
  }

  String text() {
    if (left.isLiteral() && right.isLiteral()) {
      return literals();
    }
    if (left.isLiteral() || right.isLiteral() || !left.name().equals(right.name())) {
      return describe(left) + " became " + describe(right);
    }
    return left.inputCount() == right.inputCount() ? operations() : counts();
  }

  // ---- literals

  private String literals() {
    String before = value(left.literalOrNull());
    String after = value(right.literalOrNull());
    if (before.equals(after)) {
      before = left.literalOrNull().type().label() + " " + before;
      after = right.literalOrNull().type().label() + " " + after;
    }
    LiteralName name = commonName();
    if (name != null) {
      return name.name() + ": " + before + " became " + after + at(name.place());
    }
    if (left.literalNames().isEmpty() && right.literalNames().isEmpty() && user != null) {
      String subject = InputName.of(user, position);
      return subject + ": " + before + " became " + after + at(user.place());
    }
    return before + names(left) + " became " + after + names(right);
  }

  /** The name of the second trace that the first one uses, too, or does not contradict. */
  private LiteralName commonName() {
    List<LiteralName> before = left.literalNames();
    List<LiteralName> after = right.literalNames();
    for (LiteralName name : after) {
      if (before.stream().anyMatch(other -> other.name().equals(name.name()))) {
        return name;
      }
    }
    // A literal that occurs often has lost the one name that would fit.
    if (before.isEmpty() && after.size() == 1) {
      return after.getFirst();
    }
    return after.isEmpty() && before.size() == 1 ? before.getFirst() : null;
  }

  private static String value(Scalar literal) {
    if (literal.isAbsent()) {
      return "(left out)";
    }
    return switch (literal.type()) {
      case STRING -> "\"" + literal.asString() + "\"";
      default -> literal.asString();
    };
  }

  private static String names(LineageItem literal) {
    if (literal.literalNames().isEmpty()) {
      return "";
    }
    List<String> names = literal.literalNames().stream().map(LiteralName::toString).toList();
    return " (" + String.join(", ", names) + ")";
  }

  // ---- operations

  private String operations() {
    Map<String, String> before = left.operation().attributes().asMap();
    Map<String, String> after = right.operation().attributes().asMap();
    if (!Objects.equals(before.get(FINGERPRINT), after.get(FINGERPRINT))) {
      return content(before.get(FINGERPRINT), after.get(FINGERPRINT));
    }
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      if (!Objects.equals(before.get(name), after.get(name))) {
        differences.add(name + " " + shown(before.get(name)) + " became " + shown(after.get(name)));
      }
    }
    return "in " + describe(right) + ", " + String.join("; ", differences);
  }

  private String content(String before, String after) {
    String fingerprints = "fingerprint " + shortened(before) + " became " + shortened(after);
    return Objects.equals(left.note(), right.note())
        ? "the content of " + describe(right) + " changed: " + fingerprints
        : describe(left)
            + " became "
            + describe(right)
            + ", whose content differs: "
            + fingerprints;
  }

  private static String shortened(String fingerprint) {
    String text = shown(fingerprint);
    return text.length() <= FINGERPRINT_SHOWN ? text : text.substring(0, FINGERPRINT_SHOWN) + "...";
  }

  private static String shown(String attribute) {
    return attribute == null ? "(left out)" : attribute;
  }

  private String counts() {
    boolean more = right.inputCount() > left.inputCount();
    LineageItem longer = more ? right : left;
    LineageItem shorter = more ? left : right;
    int at = 0;
    while (at < shorter.inputCount() && shorter.input(at).sameAs(longer.input(at))) {
      at++;
    }
    return describe(right)
        + " has "
        + right.inputCount()
        + " inputs instead of "
        + left.inputCount()
        + ": input "
        + (at + 1)
        + (more ? " of the second, " : " of the first, ")
        + describe(longer.input(at))
        + (more ? ", is additional" : ", is missing");
  }

  private static String describe(LineageItem item) {
    if (item.isLiteral()) {
      return item.literalOrNull().type().label() + " " + value(item.literalOrNull()) + names(item);
    }
    String note = item.note() == null ? "" : " \"" + item.note() + "\"";
    return item.operation().scriptName() + note + InputName.place(item);
  }

  private static String at(Place place) {
    return place == null ? "" : " at " + place.text();
  }
}
