package dev.reprise.runtime.cpu.frame;

import dev.reprise.runtime.OperandException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A function written as a Java lambda over texts, such as {@code x -> x.length() > 3 ? x : "-"},
 * parsed once into closures. Values are those of Java: int, long, double, boolean, char, String and
 * arrays of String; operators and methods behave as in Java. Not for use by several threads at
 * once.
 */
final class Lambda {
  /** Operators from the loosest to the tightest. */
  private static final List<List<String>> LEVELS =
      List.of(
          List.of("||"),
          List.of("&&"),
          List.of("==", "!="),
          List.of("<=", ">=", "<", ">"),
          List.of("+", "-"),
          List.of("*", "/", "%"));

  private final String text;
  private final List<String> parameters = new ArrayList<>();
  private final Object[] arguments;
  private final Supplier<Object> body;
  private int at;

  /**
   * Parses a lambda.
   *
   * @throws OperandException for what is no lambda, or uses more than is known here
   */
  Lambda(String text) {
    this.text = text;
    int arrow = text.indexOf("->");
    if (arrow < 0) {
      throw new OperandException(
          "'map' needs a lambda such as \"x -> x.length()\", but got \"" + text + "\"");
    }
    for (String name : text.substring(0, arrow).replaceAll("[()]", " ").split(",")) {
      parameters.add(name.strip());
    }
    this.arguments = new Object[parameters.size()];
    this.at = arrow + 2;
    this.body = conditional();
    skipSpace();
    if (at < text.length()) {
      throw problem("nothing more is due");
    }
  }

  int arity() {
    return arguments.length;
  }

  Object apply(Object... values) {
    System.arraycopy(values, 0, arguments, 0, arguments.length);
    try {
      return body.get();
    } catch (OperandException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new OperandException(
          "the lambda \""
              + text
              + "\" fails for "
              + (values[0] instanceof String cell ? "\"" + cell + "\"" : "a row or column")
              + ": "
              + e.getMessage());
    }
  }

  private Supplier<Object> conditional() {
    Supplier<Object> condition = binary(0);
    if (!accept("?")) {
      return condition;
    }
    Supplier<Object> yes = conditional();
    expect(":");
    Supplier<Object> no = conditional();
    return () -> (boolean) condition.get() ? yes.get() : no.get();
  }

  private Supplier<Object> binary(int level) {
    if (level == LEVELS.size()) {
      return unary();
    }
    Supplier<Object> left = binary(level + 1);
    while (true) {
      String operator = LEVELS.get(level).stream().filter(this::accept).findFirst().orElse(null);
      if (operator == null) {
        return left;
      }
      Supplier<Object> a = left;
      Supplier<Object> b = binary(level + 1);
      left =
          switch (operator) {
            case "||" -> () -> (boolean) a.get() || (boolean) b.get();
            case "&&" -> () -> (boolean) a.get() && (boolean) b.get();
            default -> () -> LambdaValues.binary(operator, a.get(), b.get());
          };
    }
  }

  private Supplier<Object> unary() {
    if (accept("!")) {
      Supplier<Object> operand = unary();
      return () -> !(boolean) operand.get();
    }
    if (accept("-")) {
      Supplier<Object> operand = unary();
      return () -> LambdaValues.binary("-", 0, operand.get());
    }
    for (String type : List.of("int", "long", "double", "String")) {
      if (accept("(" + type + ")")) {
        Supplier<Object> operand = unary();
        return () -> LambdaValues.cast(type, operand.get());
      }
    }
    return postfix(primary());
  }

  private Supplier<Object> postfix(Supplier<Object> first) {
    Supplier<Object> value = first;
    while (true) {
      Supplier<Object> target = value;
      if (accept("[")) {
        Supplier<Object> index = conditional();
        expect("]");
        value = () -> ((String[]) target.get())[((Number) index.get()).intValue()];
      } else if (accept(".")) {
        String name = name();
        if (name.equals("length") && !peek("(")) {
          value = () -> ((String[]) target.get()).length;
          continue;
        }
        List<Supplier<Object>> given = arguments();
        LambdaMethods.check(name, text);
        value = () -> LambdaMethods.call(target.get(), name, evaluate(given));
      } else {
        return value;
      }
    }
  }

  private static Object[] evaluate(List<Supplier<Object>> given) {
    Object[] values = new Object[given.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = given.get(i).get();
    }
    return values;
  }

  private List<Supplier<Object>> arguments() {
    expect("(");
    List<Supplier<Object>> given = new ArrayList<>();
    while (!accept(")")) {
      given.add(conditional());
      if (!peek(")")) {
        expect(",");
      }
    }
    return given;
  }

  private Supplier<Object> primary() {
    if (accept("(")) {
      Supplier<Object> inner = conditional();
      expect(")");
      return inner;
    }
    char letter = at < text.length() ? text.charAt(at) : ' ';
    if (letter == '"' || letter == '\'') {
      Object literal = quoted(letter);
      return () -> literal;
    }
    if (Character.isDigit(letter) || letter == '.') {
      Object literal = number();
      return () -> literal;
    }
    String name = name();
    int parameter = parameters.indexOf(name);
    if (parameter >= 0) {
      return () -> arguments[parameter];
    }
    switch (name) {
      case "true", "false" -> {
        return () -> name.equals("true");
      }
      case "null" -> {
        return () -> null;
      }
      default -> {
        expect(".");
        String method = name + "." + name();
        List<Supplier<Object>> given = arguments();
        LambdaMethods.check(method, text);
        return () -> LambdaMethods.call(null, method, evaluate(given));
      }
    }
  }

  private Object quoted(char quote) {
    StringBuilder value = new StringBuilder();
    for (at++; at < text.length() && text.charAt(at) != quote; at++) {
      char letter = text.charAt(at);
      if (letter == '\\' && at + 1 < text.length()) {
        letter = text.charAt(++at);
        letter = letter == 'n' ? '\n' : letter == 't' ? '\t' : letter;
      }
      value.append(letter);
    }
    if (at++ >= text.length()) {
      throw problem("a closing quote is due");
    }
    return quote == '\'' && value.length() == 1 ? (Object) value.charAt(0) : value.toString();
  }

  private Object number() {
    int from = at;
    while (at < text.length() && "0123456789.eE".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String digits = text.substring(from, at);
    char suffix = at < text.length() ? Character.toLowerCase(text.charAt(at)) : ' ';
    try {
      if (suffix == 'l' || suffix == 'f' || suffix == 'd') {
        at++;
      }
      if (suffix == 'l') {
        return Long.parseLong(digits);
      }
      if (suffix == 'f') {
        return (double) Float.parseFloat(digits);
      }
      boolean whole = digits.chars().allMatch(Character::isDigit) && suffix != 'd';
      return whole ? (Object) Integer.parseInt(digits) : (Object) Double.parseDouble(digits);
    } catch (NumberFormatException e) {
      throw problem("a number is due");
    }
  }

  private String name() {
    skipSpace();
    int from = at;
    while (at < text.length() && Character.isJavaIdentifierPart(text.charAt(at))) {
      at++;
    }
    if (from == at) {
      throw problem("a name or value is due");
    }
    return text.substring(from, at);
  }

  private void skipSpace() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  private boolean peek(String symbol) {
    skipSpace();
    return text.startsWith(symbol, at);
  }

  private boolean accept(String symbol) {
    boolean there = peek(symbol);
    if (there) {
      at += symbol.length();
      skipSpace();
    }
    return there;
  }

  private void expect(String symbol) {
    if (!accept(symbol)) {
      throw problem("'" + symbol + "' is due");
    }
  }

  private OperandException problem(String due) {
    String found = at < text.length() ? "\"" + text.substring(at) + "\"" : "the end";
    return new OperandException("in the lambda \"" + text + "\" " + due + ", found " + found);
  }
}
