package dev.reprise.runtime.operation;

import dev.reprise.runtime.Scalar;
import java.util.ArrayList;
import java.util.List;

/**
 * One row of the operation table. Immutable; identity is the name.
 *
 * <p>Operands reach a kernel in the order of {@link #parameters}, left-out arguments as their
 * defaults. A variadic opcode takes any number of operands after its named ones.
 */
public final class Opcode {
  private final String name;
  private final List<Parameter> parameters;
  private final boolean variadic;
  private final int outputs;
  private final Evaluation evaluation;
  private final int seedParameter;
  private final ResultRule result;
  private final List<ResultRule> further;
  private final WorkRule work;
  private final boolean roundsOperands;
  private final int number;

  private Opcode(Builder builder, int number) {
    this.number = number;
    this.name = builder.name;
    this.parameters = List.copyOf(builder.parameters);
    this.variadic = builder.variadic;
    this.outputs = builder.outputs;
    this.evaluation = builder.evaluation;
    this.seedParameter = indexOf("seed");
    this.result = builder.result;
    this.further = List.copyOf(builder.further);
    this.work = builder.work;
    this.roundsOperands = builder.roundsOperands;
  }

  /** Starts a row; everything but the name has a default (kernel, one output, work by cells). */
  static Builder row(String name) {
    return new Builder(name);
  }

  /** {@return the name, which no other row has} */
  public String name() {
    return name;
  }

  /**
   * {@return its place in the table, from 0: what is kept for each opcode may lie in an array.
   * Means nothing outside of the process}
   */
  public int number() {
    return number;
  }

  /** {@return the named operands, in order} */
  public List<Parameter> parameters() {
    return parameters;
  }

  /** {@return whether any number of operands may follow the named ones} */
  public boolean isVariadic() {
    return variadic;
  }

  /** {@return how many values it gives} */
  public int outputs() {
    return outputs;
  }

  /** {@return who executes it} */
  public Evaluation evaluation() {
    return evaluation;
  }

  /**
   * {@return position of the parameter that holds a random seed, or -1. A seed left out or negative
   * is drawn by the engine before the operation is traced}
   */
  public int seedParameter() {
    return seedParameter;
  }

  /** {@return what tells the type and shape of the first output} */
  public ResultRule result() {
    return result;
  }

  /**
   * What tells the type and shape of an output.
   *
   * @param output from 0
   * @return a rule that knows nothing where the table has none
   */
  public ResultRule result(int output) {
    if (output == 0) {
      return result;
    }
    return output <= further.size() ? further.get(output - 1) : Results.UNKNOWN;
  }

  /** {@return whether the result is a number whatever the operands are, as a sum is} */
  public boolean returnsDouble() {
    return result instanceof Results.DoubleRule;
  }

  /** {@return what estimates its work} */
  public WorkRule work() {
    return work;
  }

  /** {@return whether it is a product whose operands a session may round to fewer bits} */
  public boolean roundsOperands() {
    return roundsOperands;
  }

  /**
   * The position of a parameter.
   *
   * @param parameter its name
   * @return zero-based; -1 when there is none of that name
   */
  public int indexOf(String parameter) {
    for (int i = 0; i < parameters.size(); i++) {
      if (parameters.get(i).name().equals(parameter)) {
        return i;
      }
    }
    return -1;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Opcode that && name.equals(that.name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return name;
  }

  /** Builds a row of the table. */
  static final class Builder {
    private final String name;
    private final List<Parameter> parameters = new ArrayList<>();
    private boolean variadic;
    private int outputs = 1;
    private Evaluation evaluation = Evaluation.KERNEL;
    private ResultRule result = Results.UNKNOWN;
    private final List<ResultRule> further = new ArrayList<>();
    private WorkRule work = Work.CELLS;
    private boolean roundsOperands;

    private Builder(String name) {
      this.name = name;
    }

    /** Adds required parameters. */
    Builder in(String... names) {
      for (String parameter : names) {
        parameters.add(new Parameter(parameter, null));
      }
      return this;
    }

    Builder in(String parameter, double defaultValue) {
      return in(parameter, Scalar.of(defaultValue));
    }

    Builder in(String parameter, long defaultValue) {
      return in(parameter, Scalar.of(defaultValue));
    }

    Builder in(String parameter, boolean defaultValue) {
      return in(parameter, Scalar.of(defaultValue));
    }

    Builder text(String parameter, String defaultValue) {
      return in(parameter, Scalar.of(defaultValue));
    }

    /** Adds parameters that may be left out and have no default value of their own. */
    Builder optional(String... names) {
      for (String parameter : names) {
        in(parameter, Scalar.absent());
      }
      return this;
    }

    private Builder in(String parameter, Scalar defaultValue) {
      parameters.add(new Parameter(parameter, defaultValue));
      return this;
    }

    Builder variadic() {
      variadic = true;
      return this;
    }

    Builder roundsOperands() {
      roundsOperands = true;
      return this;
    }

    Builder outputs(int count) {
      outputs = count;
      return this;
    }

    Builder structure() {
      evaluation = Evaluation.STRUCTURE;
      work = Work.NONE;
      return this;
    }

    Builder source() {
      evaluation = Evaluation.SOURCE;
      return this;
    }

    Builder effect() {
      evaluation = Evaluation.EFFECT;
      work = Work.NONE;
      return this;
    }

    Builder returns(ResultRule rule) {
      result = rule;
      return this;
    }

    /** Rules of the outputs after the first; nothing is known before they are there without one. */
    Builder alsoReturns(ResultRule... rules) {
      further.addAll(List.of(rules));
      return this;
    }

    Builder work(WorkRule rule) {
      work = rule;
      return this;
    }

    /** The row at that place of its table. */
    Opcode build(int place) {
      if (further.size() >= outputs) {
        throw new IllegalStateException(
            "'" + name + "' has rules for more results than " + outputs);
      }
      return new Opcode(this, place);
    }
  }
}
