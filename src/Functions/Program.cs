Console.WriteLine("Nightwatch");
