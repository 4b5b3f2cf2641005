/**
 * Tree to program: files and functions resolved, expressions lowered to instructions, dead slots
 * released.
 *
 * <pre>
 *   Unit (one file) --> FunctionTable --> ProcedureCompiler --> StatementLowering
 *                                                                 |  ExpressionLowering
 *                                                                 |    CallLowering, Builtins
 *                                                                 v
 *                                                               Liveness --> Procedure
 * </pre>
 */
package dev.reprise.language.lower;
