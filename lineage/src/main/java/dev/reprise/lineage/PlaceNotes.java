package dev.reprise.lineage;

import dev.reprise.runtime.Scalar;
import dev.reprise.runtime.operation.Place;
import java.util.ArrayList;
import java.util.List;

/**
 * Notes on where a script has what the items below stand for, as comments that other readers skip.
 *
 * <pre>
 *   #@ at "lm.dml:45"            the operations below stand in this line, up to the next such note
 *   #@ at ""                     the place of the operations below is not known
 *   #@ at "lm.dml:41" as "lr"    the literal of the next line is assigned to lr there
 * </pre>
 *
 * A comment that begins so but goes on otherwise is a comment. Notes are no part of any key.
 */
final class PlaceNotes {
  private static final String MARK = "#@";
  private static final String AT = "at";
  private static final String AS = "as";

  private PlaceNotes() {}

  /** What a writer has said so far; for one text. */
  static final class Writing {
    private String current = "";
    private Place last;

    /** Appends the names of the literal that comes next. */
    void before(List<LiteralName> names, StringBuilder text) {
      for (LiteralName name : names) {
        String place = name.place() == null ? "" : name.place().text();
        append(text, place).append(' ').append(AS).append(' ');
        TraceSyntax.writeQuoted(text, name.name());
        text.append('\n');
      }
    }

    /** Appends the place of the operation that comes next, if it is another than before. */
    void before(LineageItem item, StringBuilder text) {
      before(item.place(), text);
    }

    void before(Place written, StringBuilder text) {
      if (written == last) {
        return;
      }
      last = written;
      String place = last == null ? "" : last.text();
      if (!place.equals(current)) {
        current = place;
        append(text, place).append('\n');
      }
    }

    private static StringBuilder append(StringBuilder text, String place) {
      text.append(MARK).append(' ').append(AT).append(' ');
      TraceSyntax.writeQuoted(text, place);
      return text;
    }
  }

  /** What a reader has been told so far; for one text. */
  static final class Reading {
    private Place place;
    private final List<LiteralName> names = new ArrayList<>();

    /** Takes in a line that is empty or a comment. */
    void comment(String text) {
      String line = text.strip();
      if (!line.startsWith(MARK)) {
        return;
      }
      LineCursor cursor = new LineCursor(line.substring(MARK.length()), 1);
      try {
        read(cursor);
      } catch (TraceFormatException e) {
        // A comment that only looks like a note.
      }
    }

    private void read(LineCursor cursor) throws TraceFormatException {
      if (!cursor.bare(TraceSyntax::isPlain, AT).equals(AT)) {
        return;
      }
      Place noted = named(cursor.quoted("a place"));
      if (cursor.atEnd()) {
        place = noted;
        return;
      }
      if (cursor.bare(TraceSyntax::isPlain, AS).equals(AS)) {
        String name = cursor.quoted("a name");
        cursor.expectEnd();
        names.add(new LiteralName(name, noted));
      }
    }

    /** The place of an operation read now, or null. */
    Place place() {
      return place;
    }

    /** The item of a literal read now. */
    LineageItem literal(Scalar value) {
      if (names.isEmpty()) {
        return LineageItem.literal(value);
      }
      LineageItem named = LineageItem.literal(value, names);
      names.clear();
      return named;
    }

    private static Place named(String text) {
      return text.isEmpty() ? null : new Noted(text);
    }
  }

  /** A place that a text names. */
  private record Noted(String text) implements Place {}
}
