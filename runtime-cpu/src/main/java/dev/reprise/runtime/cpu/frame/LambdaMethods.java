package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.OperandException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.ToDoubleBiFunction;

/**
 * The methods that a {@link Lambda} may call, by name; static ones with the name of their class.
 */
final class LambdaMethods {
  private static final int LONGEST = 1 << 20;
  private static final Map<String, BiFunction<Object, Object[], Object>> METHODS =
      Map.ofEntries(
          Map.entry("length", (x, in) -> text(x).length()),
          Map.entry("isEmpty", (x, in) -> text(x).isEmpty()),
          Map.entry("isBlank", (x, in) -> text(x).isBlank()),
          Map.entry("toUpperCase", (x, in) -> text(x).toUpperCase(Locale.ROOT)),
          Map.entry("toLowerCase", (x, in) -> text(x).toLowerCase(Locale.ROOT)),
          Map.entry("trim", (x, in) -> text(x).trim()),
          Map.entry("strip", (x, in) -> text(x).strip()),
          Map.entry("concat", (x, in) -> text(x).concat(text(in[0]))),
          Map.entry("contains", (x, in) -> text(x).contains(text(in[0]))),
          Map.entry("startsWith", (x, in) -> text(x).startsWith(text(in[0]))),
          Map.entry("endsWith", (x, in) -> text(x).endsWith(text(in[0]))),
          Map.entry("matches", (x, in) -> text(x).matches(text(in[0]))),
          Map.entry("equals", (x, in) -> x.equals(in[0])),
          Map.entry("equalsIgnoreCase", (x, in) -> text(x).equalsIgnoreCase(text(in[0]))),
          Map.entry("compareTo", (x, in) -> text(x).compareTo(text(in[0]))),
          Map.entry("hashCode", (x, in) -> plain(x).hashCode()),
          Map.entry("toString", (x, in) -> LambdaValues.text(x)),
          Map.entry("charAt", (x, in) -> text(x).charAt(whole(in[0]))),
          Map.entry("indexOf", (x, in) -> text(x).indexOf(LambdaValues.text(in[0]))),
          Map.entry("lastIndexOf", (x, in) -> text(x).lastIndexOf(LambdaValues.text(in[0]))),
          Map.entry("repeat", LambdaMethods::repeat),
          Map.entry("substring", LambdaMethods::substring),
          Map.entry(
              "replace",
              (x, in) -> text(x).replace(LambdaValues.text(in[0]), LambdaValues.text(in[1]))),
          Map.entry("replaceAll", (x, in) -> text(x).replaceAll(text(in[0]), text(in[1]))),
          Map.entry("replaceFirst", (x, in) -> text(x).replaceFirst(text(in[0]), text(in[1]))),
          Map.entry("split", LambdaMethods::split),
          Map.entry("Integer.parseInt", (x, in) -> Integer.parseInt(text(in[0]))),
          Map.entry("Integer.valueOf", (x, in) -> Integer.valueOf(LambdaValues.text(in[0]))),
          Map.entry("Integer.toString", (x, in) -> LambdaValues.text(in[0])),
          Map.entry("Long.parseLong", (x, in) -> Long.parseLong(text(in[0]))),
          Map.entry("Long.valueOf", (x, in) -> Long.valueOf(LambdaValues.text(in[0]))),
          Map.entry("Double.parseDouble", (x, in) -> Double.parseDouble(text(in[0]))),
          Map.entry("Double.valueOf", (x, in) -> Double.valueOf(LambdaValues.text(in[0]))),
          Map.entry("Double.toString", (x, in) -> String.valueOf(real(in[0]))),
          Map.entry("String.valueOf", (x, in) -> LambdaValues.text(in[0])),
          Map.entry("Boolean.parseBoolean", (x, in) -> Boolean.parseBoolean(text(in[0]))),
          Map.entry("Math.sqrt", (x, in) -> Math.sqrt(real(in[0]))),
          Map.entry("Math.abs", (x, in) -> absolute((Number) in[0])),
          Map.entry("Math.round", (x, in) -> Math.round(real(in[0]))),
          Map.entry("Math.floor", (x, in) -> Math.floor(real(in[0]))),
          Map.entry("Math.ceil", (x, in) -> Math.ceil(real(in[0]))),
          Map.entry("Math.exp", (x, in) -> Math.exp(real(in[0]))),
          Map.entry("Math.log", (x, in) -> Math.log(real(in[0]))),
          Map.entry("Math.pow", (x, in) -> Math.pow(real(in[0]), real(in[1]))),
          Map.entry("Math.max", (x, in) -> extreme(in, true)),
          Map.entry("Math.min", (x, in) -> extreme(in, false)),
          Map.entry("UtilFunctions.toMillis", (x, in) -> millis(in)),
          Map.entry("UtilFunctions.dateFormat", (x, in) -> dateFormat(in)),
          Map.entry("UtilFunctions.jaccardSim", (x, in) -> jaccard(text(in[0]), text(in[1]))),
          Map.entry(
              "UtilFunctions.editDistance",
              (x, in) -> EditDistance.ofLetters(text(in[0]), text(in[1]))),
          Map.entry(
              "UtilFunctions.editDistances", (x, in) -> fromFirst(in[0], EditDistance::ofLetters)),
          Map.entry(
              "UtilFunctions.wordErrorRates",
              (x, in) -> fromFirst(in[0], EditDistance::wordErrorRate)));

  private LambdaMethods() {}

  /** Throws unless the method is known. */
  static void check(String name, String lambda) {
    if (!METHODS.containsKey(name)) {
      throw new OperandException(
          "the lambda \""
              + lambda
              + "\" calls '"
              + name
              + "', which is not known; known are "
              + String.join(", ", new TreeSet<>(METHODS.keySet())));
    }
  }

  static Object call(Object target, String name, Object[] arguments) {
    try {
      return METHODS.get(name).apply(target, arguments);
    } catch (ArrayIndexOutOfBoundsException e) {
      throw new IllegalArgumentException("'" + name + "' misses an argument", e);
    }
  }

  private static String text(Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("a text is due, found " + value);
  }

  /** The value, unless it is an array, whose hash code is another one each time. */
  private static Object plain(Object value) {
    LambdaValues.text(value);
    return value;
  }

  private static Object repeat(Object target, Object[] in) {
    int times = whole(in[0]);
    if ((long) text(target).length() * times > LONGEST) {
      throw new IllegalArgumentException("the text would be longer than " + LONGEST);
    }
    return text(target).repeat(times);
  }

  private static int whole(Object value) {
    return ((Number) value).intValue();
  }

  private static double real(Object value) {
    return ((Number) value).doubleValue();
  }

  private static Object substring(Object target, Object[] in) {
    return in.length == 1
        ? text(target).substring(whole(in[0]))
        : text(target).substring(whole(in[0]), whole(in[1]));
  }

  private static Object split(Object target, Object[] in) {
    return text(target).split(text(in[0]), in.length == 1 ? 0 : whole(in[1]));
  }

  private static Object absolute(Number value) {
    return value instanceof Double number ? Math.abs(number) : Math.abs(value.longValue());
  }

  private static Object extreme(Object[] in, boolean largest) {
    boolean first = (boolean) LambdaValues.binary(largest ? ">=" : "<=", in[0], in[1]);
    Object chosen = in[first ? 0 : 1];
    boolean real = in[0] instanceof Double || in[1] instanceof Double;
    return real ? (Object) real(chosen) : chosen;
  }

  /** Milliseconds since 1970 of a date in universal time. */
  private static long millis(Object[] in) {
    LocalDateTime time =
        in.length == 1
            ? Dates.parse(text(in[0]))
            : LocalDateTime.parse(text(in[0]), Dates.formatter(text(in[1])));
    return time.toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  /** A date in another pattern: (date, to) or (date, from, to). */
  private static String dateFormat(Object[] in) {
    LocalDateTime time =
        in.length == 2
            ? Dates.parse(text(in[0]))
            : LocalDateTime.parse(text(in[0]), Dates.formatter(text(in[1])));
    return time.format(DateTimeFormatter.ofPattern(text(in[in.length - 1]), Locale.ROOT));
  }

  /** The share of letters that two texts have in common. */
  private static double jaccard(String left, String right) {
    Set<Integer> all = new HashSet<>();
    Set<Integer> common = new HashSet<>();
    left.chars().forEach(all::add);
    right.chars().filter(all::contains).forEach(common::add);
    right.chars().forEach(all::add);
    return all.isEmpty() ? 0 : (double) common.size() / all.size();
  }

  /** How far each text is from the first, as texts; a missing one counts as an empty one. */
  private static String[] fromFirst(Object value, ToDoubleBiFunction<String, String> distance) {
    if (!(value instanceof String[] texts) || texts.length == 0) {
      throw new IllegalArgumentException("an array of texts is due, as with margin=1");
    }
    String first = Objects.requireNonNullElse(texts[0], "");
    return Arrays.stream(texts)
        .map(text -> distance.applyAsDouble(first, Objects.requireNonNullElse(text, "")))
        .map(String::valueOf)
        .toArray(String[]::new);
  }

  /** Dates with or without a time of day. */
  private static final class Dates {
    private Dates() {}

    static LocalDateTime parse(String date) {
      String pattern =
          date.indexOf('.') == 2
              ? "dd.MM.yyyy[ HH:mm:ss]"
              : date.indexOf('/') == 2 ? "MM/dd/yyyy[ HH:mm:ss]" : "yyyy-MM-dd['T'][ ][HH:mm:ss]";
      return LocalDateTime.parse(date, formatter(pattern));
    }

    static DateTimeFormatter formatter(String pattern) {
      return new DateTimeFormatterBuilder()
          .appendPattern(pattern)
          .parseDefaulting(ChronoField.HOUR_OF_DAY, 0)
          .parseDefaulting(ChronoField.MINUTE_OF_HOUR, 0)
          .parseDefaulting(ChronoField.SECOND_OF_MINUTE, 0)
          .toFormatter(Locale.ROOT);
    }
  }
}
