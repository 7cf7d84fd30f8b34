using Offproof.Fuzz;

return Arguments.Run(args);
